"""Cases about cells themselves: tags, odd cells, long notebooks and text inside code."""

from case_values import case, md, raw, tagged

CASES = (
    case(
        "tag_raises_exception",
        "## Work",
        "value = 4",
        "## Show an error",
        tagged("raises-exception", "int('not a number')"),
        tagged("raises-exception hide-output", "undefined_name + 1"),
        "## Report",
        "value += 1\nprint('DIGEST', value)",
    ),
    case(
        "tag_skip",
        "## Work",
        "values = [3, 1, 2]",
        tagged("skip", "print('only looking:', values)\nscratch = sorted(values)"),
        "## More",
        "ordered = sorted(values)",
        tagged("skip", "scratch[0]"),
        "## Report",
        "print('DIGEST', ordered)",
    ),
    case(
        "tag_test",
        tagged(
            "step:clean",
            "def strip(text):\n    return text.strip()\n\nnames = [strip(n) for n in [' a', 'b ']]",
        ),
        tagged("test:clean", "assert strip(' x ') == 'x'\nassert names == ['a', 'b']"),
        tagged("step:join prev:clean", "joined = '-'.join(names)"),
        tagged("test:join", "expected = 'a-b'\nassert joined == expected, joined"),
        tagged("step:report prev:join", "print('DIGEST', joined)"),
    ),
    case(
        "tag_step_apart_movable",
        tagged("step:left", "left = [1]"),
        tagged("step:right", "right = [10]"),
        tagged("step:left", "left.append(2)"),
        tagged("step:right", "right.append(20)"),
        tagged("step:report", "print('DIGEST', left, right)"),
    ),
    case(
        "tag_step_apart_not_movable",
        tagged("step:left", "items = [1]"),
        tagged("step:right", "items.append(len(items) * 10)"),
        tagged("step:left", "items.append(len(items) * 100)"),
        tagged("step:report", "items.append(0)"),
        tagged("step:report", "print('DIGEST', items)"),
        may_refuse="left stands on both sides of right, which depends on it and it on right",
    ),
    case(
        "tag_prev",
        tagged("imports", "import math"),
        tagged("step:load", "radii = [1.0, 2.0]"),
        tagged("step:areas prev:load", "areas = [math.pi * r * r for r in radii]"),
        tagged("step:lengths prev:load", "lengths = [2 * math.pi * r for r in radii]"),
        tagged("step:report prev:areas prev:lengths", "ratio = areas[1] / lengths[1]"),
        tagged("step:report", "print('DIGEST', round(ratio, 6), len(areas))"),
    ),
    case(
        "tag_prev_by_effect_only",
        tagged("step:write", "with open('flag.txt', 'w') as fh:\n    fh.write('ready')"),
        tagged("step:other", "other = 1"),
        tagged("step:read prev:write prev:other", "flag = open('flag.txt').read()"),
        tagged("step:report prev:read", "print('DIGEST', flag, other)"),
    ),
    case(
        "tag_imports_functions_parameters",
        tagged("parameters", "n = 4  # how many\nname: str = 'demo'\nfactors = [1, 2]"),
        tagged("imports", "import math\nimport json"),
        tagged("functions", "def scale(values, by):\n    return [v * by for v in values]"),
        tagged("step:make", "values = [math.factorial(k) for k in range(n)]"),
        tagged("functions", "def total(values):\n    return sum(scale(values, factors[-1]))"),
        tagged("step:sum", "result = total(values)"),
        tagged("step:report", "print('DIGEST', json.dumps({name: result}))"),
    ),
    case(
        "tag_pipeline_parameters",
        tagged(
            "pipeline-parameters", "alpha = 0.5\nmonth = '2024-02'\nverbose = False\nlimit = None"
        ),
        "## Use",
        "score = alpha * len(month)",
        "## Report",
        "if verbose:\n    print('limit', limit)",
        "print('DIGEST', score, limit)",
    ),
    case(
        "tag_parameter_rebound",
        tagged("parameters", "n = 3\npath = 'a.txt'"),
        "## Use",
        "n = n + 1\nfirst = n",
        "## Rebind",
        "n *= 10\npath = path.upper()",
        "## Report",
        "print('DIGEST', first, n, path)",
    ),
    case(
        "tag_unknown_and_odd",
        tagged("hide-input remove-cell a/b 😀", "a = 1"),
        tagged("step:", "b = 2"),
        tagged("step:../x STEP:caps", "c = a + b"),
        tagged("step:class", "d = c * 2"),
        tagged("step:report", "print('DIGEST', a, b, c, d)"),
        may_refuse="a step tag without a name",
    ),
    case(
        "cells_sixty_tiny",
        *(
            cell
            for k in range(15)
            for cell in (
                f"## Part {k + 1}",
                f"v{k} = {k}" if k == 0 else f"v{k} = v{k - 1} + {k}",
                f"total = v{k}" if k == 0 else f"total = total + v{k}",
                f"v{k} += total % 3",
                f"# look at v{k}\nv{k}",
            )
        ),
        "print('DIGEST', v14, total)",
    ),
    case(
        "cells_of_comments_only",
        "## Nothing yet",
        "# TODO: load the real data",
        "",
        "   \n\n",
        "## Something",
        "# x = 1\n# y = 2\nx = 3  # the only line",
        "'''a string\nthat stands alone'''",
        "pass",
        "## Report",
        "# before\nprint('DIGEST', x)\n# after",
    ),
    case(
        "cells_raw_and_attached",
        raw("raw text, x = 100"),
        "## Work",
        "x = 1",
        raw("x = 200"),
        md("Text between.\n\n* a list\n* `code`"),
        "x += 1",
        "## Report",
        "print('DIGEST', x)",
    ),
    case(
        "cells_with_asserts",
        "## Data",
        "rows = [1, 2, 3]",
        "## Check",
        "assert rows, 'no rows'\nassert len(rows) == 3\nassert all(r > 0 for r in rows)",
        "## Check and count",
        "checked = 0\nfor r in rows:\n    assert r < 10, f'{r} is too large'\n    checked += 1",
        "print('DIGEST', checked)",
    ),
    case(
        "trailing_expression_with_effect",
        "## Data",
        "stack = [1, 2, 3]\nseen = {}",
        "## Effects at the end of a cell",
        "stack.pop()",
        "seen.setdefault('a', []).append(1)",
        "stack.append(9) or stack",
        "## Only looks",
        "stack[0], len(stack)",
        "seen;",
        "## Report",
        "print('DIGEST', stack, seen)",
    ),
    case(
        "strings_with_sql",
        "import sqlite3",
        "## Top level",
        '''
        query = """
        -- not a comment of Python's: # neither
        select name,
               '#' as hash

          from people
         where age > 30

        """
        ''',
        "## Indented",
        '''
        if query:
            with sqlite3.connect(":memory:") as con:
                con.executescript("""
        create table people (name text, age int);

            insert into people values ('ann # 1', 40);
                """)
                rows = con.execute(query).fetchall()
                text = """first

          # third
                """
        ''',
        "## Report",
        "print('DIGEST', rows, len(query), repr(text))",
    ),
    case(
        "strings_of_every_kind",
        "## Quotes",
        r"""
        d = {'a': 1, "b": {'c': "it's"}}
        f1 = f"{d['a']} and {d['b']['c']!r:>8} {{literal}} {1 + 1:0{2 + 1}d}"
        f2 = f'''multi {
            d["a"]
        } line {'x' "y"}'''
        joined = ('one '
                  "two "
                  f"{d['a']}")
        """,
        "## Bytes and raws",
        r"""
        b = b'\x00\xff' rb'\n'
        r = r'\d+\n' '\t\u00e9\N{BULLET}'
        long = 'a\
        b'
        """,
        "## Report",
        "print('DIGEST', f1, repr(f2), joined, b, repr(r), repr(long))",
    ),
    case(
        "line_continuations",
        "## Arithmetic",
        "total = 1 + \\\n    2 + \\\n  3\nassert total == 6, \\\n    'no'",
        "## Condition",
        "if total > 5 and \\\n   total < 10:\n    kind = 'mid' \\\n        'dle'\nelse: kind = ''",
        "## Chain",
        """
        text = ('a b c'
                .upper()   # loud

                # a comment inside
                .split())
        """,
        "print('DIGEST', total, kind, text)",
    ),
    case(
        "line_ends_and_odd_spaces",
        "## Spaces",
        "x = 1   \n\n\n   \ny = 2\t# tab\n",
        "## Form feed",
        "a = 1\n\x0c\nb = 2",
        "## No-break space in a string",
        "text = 'a\u00a0b\u2028c'\n# caf\u00e9 \u2028 line separator in a comment",
        "print('DIGEST', x, y, a, b, len(text))",
    ),
    case(
        "regression_study",
        """
        %matplotlib inline
        import numpy as np
        import pandas as pd
        import matplotlib.pyplot as plt
        np.random.seed(9876789)
        """,
        md("## OLS estimation\n\nArtificial data, as in the textbook."),
        "nsample = 100\nx = np.linspace(0, 10, nsample)\nX = np.column_stack((x, x**2))\n"
        "beta = np.array([1, 0.1, 10])\ne = np.random.normal(size=nsample)",
        md("Our model needs an intercept, so we add a column of 1s:"),
        "X = np.column_stack((np.ones(nsample), X))\ny = np.dot(X, beta) + e",
        md("### Fit and summary"),
        '''
        class Results:
            """What a fit leaves behind."""

            def __init__(self, params, resid, bse):
                self.params, self.resid, self.bse = params, resid, bse

            def summary(self):
                return pd.DataFrame({"coef": self.params, "std err": self.bse}).round(3)


        def ols(y, X):
            params, *_ = np.linalg.lstsq(X, y, rcond=None)
            resid = y - X @ params
            sigma2 = resid @ resid / (len(y) - X.shape[1])
            bse = np.sqrt(np.diag(sigma2 * np.linalg.inv(X.T @ X)))
            return Results(params, resid, bse)
        ''',
        "results = ols(y, X)\nresults.summary()",
        md("Quantities of interest can be extracted directly:"),
        "print('Parameters: ', results.params.round(2))\nr2 = 1 - results.resid.var() / y.var()\n"
        "print('R2: ', round(r2, 4))",
        md("## OLS with dummy variables\n\n### Data"),
        """
        groups = np.zeros(nsample, int)
        groups[40:70] = 1
        groups[70:] = 2
        dummy = pd.get_dummies(groups).values.astype(float)
        X = np.column_stack((x, dummy[:, 1:]))
        X = np.column_stack((np.ones(nsample), X))
        y = X @ np.array([1.0, 3, -3, 10]) + np.random.normal(size=nsample)
        """,
        "X[:5]",
        md("### Fit"),
        "res2 = ols(y, X)\nres2.summary()",
        "fig, ax = plt.subplots(figsize=(8, 6))\nax.plot(x, y, 'o', label='Data')\n"
        "ax.plot(x, X @ res2.params, 'b--.', label='Predicted')\nlegend = ax.legend(loc='best')",
        md("## Joint hypothesis test\n\nAre both dummies zero?"),
        "R = np.array([[0, 0, 1, 0], [0, 0, 0, 1]])\n"
        "V = np.linalg.inv(X.T @ X) * (res2.resid @ res2.resid / (nsample - 4))\n"
        "b = R @ res2.params\nF = b @ np.linalg.inv(R @ V @ R.T) @ b / 2\nF > 10",
        """
        first, second = results.params.round(2).tolist(), res2.params.round(2).tolist()
        print('DIGEST', first, second, round(F, 1))
        """,
    ),
    case(
        "tagged_step_that_begins_with_nothing",
        tagged("step:load", "# the rows come later"),
        tagged("step:model", "print('model')\ndef twice(x):\n    return 2 * x"),
        tagged("step:load", "rows = [twice(1)]\nprint('load')"),
        tagged("step:report", "print('DIGEST', rows)"),
    ),
    case(
        "tagged_cells_apart_in_a_row",
        tagged("step:load", "numbers = iter([5, 6])"),
        tagged("step:clean", "first = (3, 1)[1]"),
        tagged("step:load", "_ = next(numbers)\nmade = [lambda v: v + first]\nfirst += 1"),
        tagged("step:report", "print('DIGEST', first, made[0](1), next(numbers))"),
    ),
)
