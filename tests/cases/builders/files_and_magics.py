"""Cases about files that steps share and about what only IPython understands."""

from case_values import case

CASES = (
    case(
        "file_written_then_read",
        "## Write",
        "with open('notes.txt', 'w', encoding='utf-8') as fh:\n    fh.write('one\\ntwo\\n')",
        "## Append",
        "with open('notes.txt', 'a', encoding='utf-8') as fh:\n    fh.write('three\\n')",
        "## Read",
        "lines = open('notes.txt', encoding='utf-8').read().split()",
        "print('DIGEST', lines, fh.closed)",
    ),
    case(
        "file_handle_crosses_cells",
        "## Open",
        "out = open('log.txt', 'w')",
        "## Write",
        "for n in range(3):\n    print('line', n, file=out)",
        "## Close",
        "out.write('end')\nout.close()",
        "## Read",
        "print('DIGEST', open('log.txt').read().split('\\n'), out.closed)",
    ),
    case(
        "json_written_then_read",
        "import json\nfrom pathlib import Path",
        "## Write",
        """
        settings = {'n': 3, 'names': ['a', 'b']}
        Path('settings.json').write_text(json.dumps(settings))
        """,
        "## Change in memory",
        "settings['n'] = 99",
        "## Read",
        "loaded = json.loads(Path('settings.json').read_text())",
        "print('DIGEST', loaded, settings['n'])",
    ),
    case(
        "instance_pickled_then_read",
        "import pickle",
        "## Define",
        """
        class Model:
            def __init__(self, weights):
                self.weights = weights
            def predict(self, x):
                return sum(w * v for w, v in zip(self.weights, x))
        """,
        "## Save",
        "with open('model.pkl', 'wb') as fh:\n    pickle.dump(Model([1, 2, 3]), fh)",
        "## Load",
        "with open('model.pkl', 'rb') as fh:\n    model = pickle.load(fh)",
        "print('DIGEST', model.predict([1, 1, 1]), isinstance(model, Model))",
    ),
    case(
        "relative_data_path",
        "import csv\nimport os",
        "## Read",
        """
        with open(os.path.join('data', 'values.csv'), newline='') as fh:
            rows = list(csv.DictReader(fh))
        """,
        "## Sum",
        "total = sum(int(row['n']) for row in rows)",
        "## Report",
        "print('DIGEST', total, [row['name'] for row in rows], os.path.exists('data/values.csv'))",
        files={"data/values.csv": "name,n\na,1\nb,2\nc,39"},
    ),
    case(
        "folder_made_and_listed",
        "import glob\nimport os",
        "## Make",
        "os.makedirs('out', exist_ok=True)\nfor k in 'ba':\n    open(f'out/{k}.txt', 'w').close()",
        "## List",
        "found = sorted(glob.glob('out/*.txt'))",
        "## Clean up",
        "os.remove(found[0])",
        "print('DIGEST', [os.path.basename(f) for f in found], os.listdir('out'))",
    ),
    case(
        "shell_echo",
        "name = 'world'",
        "## Say",
        "!echo hi\n!echo hello {name} $name",
        "## Twice",
        "for n in range(2):\n    !echo line {n}",
        "## Report",
        "print('DIGEST', name, n)",
    ),
    case(
        "shell_output_kept",
        "word = 'b'",
        "## Ask the shell",
        "x = !echo a && echo {word}",
        "## Use",
        "joined = '-'.join(x)\nfirst = x[0]",
        "## Report",
        "print('DIGEST', list(x), joined, first)",
    ),
    case(
        "bash_cell",
        "## Write a file",
        "%%bash\nfor n in 1 2 3; do\n  echo \"row $n\"\ndone > rows.txt\necho '# done: 100%'",
        "## Read it",
        "rows = open('rows.txt').read().splitlines()",
        "## Report",
        "print('DIGEST', rows)",
    ),
    case(
        "writefile_cell",
        "## Write",
        "%%writefile out.txt\nfirst line\n%percent and \"quotes\" and ''' and "
        '"""\n    indented \\n\n\nlast',
        "## Append",
        "%%writefile -a out.txt\nmore",
        "## Read",
        "text = open('out.txt').read()",
        "print('DIGEST', repr(text))",
    ),
    case(
        "writefile_module_then_import",
        "## Write a module",
        "%%writefile made_local.py\nANSWER = 42\n\ndef twice(x):\n    return 2 * x",
        "## Import it",
        "from made_local import ANSWER, twice",
        "## Report",
        "print('DIGEST', twice(ANSWER))",
        may_refuse="the module does not exist before the notebook runs",
    ),
    case(
        "env_magic",
        "import os",
        "## Set",
        "%env CASE_A=1\n%env CASE_B two words",
        "## Read",
        "a = os.environ['CASE_A']\nb = %env CASE_B",
        "## Report",
        "print('DIGEST', a, b)",
    ),
    case(
        "cd_magic",
        "import os\nos.makedirs('sub', exist_ok=True)",
        "## Go",
        "%cd sub",
        "## Write here",
        "open('here.txt', 'w').write('x')\nwhere = os.path.basename(os.getcwd())",
        "## Back",
        "%cd ..",
        "print('DIGEST', where, os.path.exists('sub/here.txt'), os.path.exists('here.txt'))",
    ),
    case(
        "time_magics",
        "## One line",
        "%time total = sum(range(10))",
        "## A cell",
        "%%time\nsquares = []\nfor n in range(4):\n    squares.append(n * n)",
        "## Measure",
        "%timeit -n 1 -r 1 sum(squares)",
        "## Report",
        "print('DIGEST', total, squares, n)",
    ),
    case(
        "capture_cell",
        "## Capture",
        "%%capture captured\nprint('hidden')\nvalue = 3",
        "## Use",
        "length = len(captured.stdout)",
        "## Report",
        "print('DIGEST', value, length)",
        may_refuse="the captured text is an object of IPython's",
    ),
    case(
        "modulo_beside_magic",
        "## Numbers",
        """
        total = 17
        size = 5
        rest = (total
        % size)
        share = total \\
        % size
        %time big = 2 ** 10
        """,
        "## Text that looks like magic",
        '''
        text = """
        %matplotlib inline
        !important
        %%bash
        """
        style = 'p { color: red !important }'
        label = '%d rows' % rest
        ''',
        "## Report",
        "print('DIGEST', rest, share, big, text.split(), label, '!' in style)",
    ),
    case(
        "help_and_ignored_magics",
        """
        %load_ext autoreload
        %autoreload 2
        %config InlineBackend.figure_format = 'retina'
        %matplotlib inline
        import math
        """,
        "## Look",
        "math.sqrt?",
        "?math.floor",
        "## Compute",
        "value = math.sqrt(16)\n%who_ls",
        "## Report",
        "print('DIGEST', value)",
    ),
    case(
        "run_other_notebook",
        "## Load the definitions",
        "%run shared_definitions.ipynb",
        "## Use",
        "values = [shared_double(n) for n in range(SHARED_LIMIT)]",
        "## Report",
        "print('DIGEST', values)",
        files={
            "shared_definitions.ipynb": """
                {
                 "cells": [
                  {
                   "cell_type": "code",
                   "execution_count": null,
                   "id": "d000",
                   "metadata": {},
                   "outputs": [],
                   "source": [
                    "SHARED_LIMIT = 4\\n",
                    "\\n",
                    "\\n",
                    "def shared_double(x):\\n",
                    "    return 2 * x"
                   ]
                  }
                 ],
                 "metadata": {
                  "kernelspec": {
                   "display_name": "Python 3",
                   "language": "python",
                   "name": "python3"
                  },
                  "language_info": {
                   "name": "python"
                  }
                 },
                 "nbformat": 4,
                 "nbformat_minor": 5
                }
                """,
        },
        may_refuse="another notebook's names arrive unseen",
    ),
    case(
        "run_script",
        "## Run it",
        "%run prepare_local.py",
        "## Use",
        "total = sum(prepared)",
        "## Report",
        "print('DIGEST', total, label)",
        files={"prepare_local.py": "prepared = [1, 2, 3]\nlabel = 'from the script'"},
        may_refuse="another file's names arrive unseen",
    ),
)
