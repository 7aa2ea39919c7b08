"""Only what surely looks may be left out: an effect must never be lost."""

from __future__ import annotations

import ast

import pytest

from nb2pkg.analysis import Effects, display_arguments, only_looks

ALIASES = {
    "np": "numpy",
    "pd": "pandas",
    "os": "os",
    "plt": "matplotlib.pyplot",
    "metrics": "sklearn.metrics",
    "show": "IPython.display.display",
    "random": "random",
}
EFFECTS = Effects(aliases=ALIASES)


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    "text",
    [
        "df",
        "df.head()",
        "df.shape",
        "df['a'].mean() + 1",
        "df.sample(3, random_state=0)",
        "df.groupby('a').size()",
        "df.rename(columns={'a': 'b'})",
        "df.join(other)",
        "table.get('a')",
        "text.replace('a', 'b')",
        "'{}'.format(n)",
        "f'{n:>{width}}'",
        "len(rows)",
        "[r * 2 for r in rows if r]",
        "sorted(rows, key=lambda r: r.a)",
        "np.sqrt(2)",
        "pd.DataFrame(rows).describe()",
        "metrics.accuracy_score(y, p)",
        "display(df)",
        "show(df.head())",
        "df.agg('mean')",
    ],
)
def test_looking_can_be_left_out(text: str) -> None:
    assert only_looks(expression(text), EFFECTS)


@pytest.mark.parametrize(
    "text",
    [
        "print(df)",
        "rows.append(1)",
        "rows.pop()",
        "df.drop('a', inplace=True)",
        "df.drop('a', **options)",
        "df.to_csv('a.csv')",
        "df.sample(3)",
        "thread.join()",
        "queue.get()",
        "path.replace(other)",
        "path.rename(other)",
        "np.add(a, b, out=c)",
        "np.random.rand(3)",
        "np.save('a', b)",
        "np.put(a, [0], 1)",
        "os.remove('a')",
        "plt.plot(x)",
        "random.random()",
        "(n := 1)",
        "await call()",
        "task >> other",
        "unknown(df)",
        "df.unknown()",
        "df.apply(report)",
        "sorted(rows, key=report)",
        "map(report, rows)",
        "np.vectorize(lambda v: print(v))(rows)",
        "df.agg(report)",
        "(lambda: 1)()",
        "calls[0](1)",
    ],
)
def test_what_may_have_an_effect_stays(text: str) -> None:
    assert not only_looks(expression(text), EFFECTS)


def test_the_user_may_name_functions_and_methods_that_only_look() -> None:
    effects = Effects(aliases=ALIASES, pure_calls=frozenset({"mylib.report", "*.peek"}))

    assert only_looks(expression("mylib.report(df)"), effects)
    assert only_looks(expression("queue.peek()"), effects)
    assert not only_looks(expression("mylib.write(df)"), effects)


def test_displays_give_their_arguments() -> None:
    shown = display_arguments(expression("show(a, b)"), ALIASES)

    assert shown is not None
    assert [ast.unparse(node) for node in shown] == ["a", "b"]
    assert display_arguments(expression("print(a)"), ALIASES) is None
