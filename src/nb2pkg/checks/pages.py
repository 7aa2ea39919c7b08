"""What do the codes mean that no check of its own stands for?

0xx the command line and configuration, 1xx the notebook, 2xx names and findings about code,
3xx pipelines, 4xx the output folder, 5xx the environment and runs, 7xx faults of nb2pkg itself, 8xx refactorings.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What there is to say about a code: what it means, why it matters, what to do."""

    code: str
    title: str
    why: str
    remedy: str
    passes: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()


def _page(code: str, title: str, why: str, remedy: str) -> Page:
    return Page(code=code, title=title, why=why, remedy=remedy)


PAGES: tuple[Page, ...] = (
    # -- the command line
    _page(
        "NB001",
        "no such notebook",
        "The path names no file, or something that is no regular file, such as a folder or a pipe.",
        "Check the path; the message names a file that is spelled alike, if there is one.",
    ),
    _page(
        "NB002",
        "command line not understood",
        "There is no such command or option, or a value has the wrong form.",
        "See `nb2pkg --help`, or `nb2pkg COMMAND --help`.",
    ),
    _page(
        "NB010",
        "configuration not understood",
        "A key of `[tool.nb2pkg]` or `nb2pkg.toml` is unknown, or its value has the wrong type. A "
        "misspelled setting that is ignored would be worse than one that stops.",
        "Correct the key; the message gives the line and the key that is spelled alike.",
    ),
    _page(
        "NB011",
        "options that do not go together",
        "Two options ask for opposite things, or one asks for something that needs another.",
        "Leave one of them out.",
    ),
    _page(
        "NB012",
        "not a Python interpreter",
        "What `--python` or a configuration names does not exist or does not answer as a Python 3 does.",
        "Give the path of the interpreter itself, such as `.venv/bin/python`.",
    ),
    _page(
        "NB013",
        "no package there",
        "`verify` was given a folder that `nb2pkg extract` did not write.",
        "Leave the folder out: the package beside the notebook is verified, or what extract would write.",
    ),
    _page(
        "NB014",
        "pipeline not understood",
        "The step notebooks run in the order of `pipeline.yaml`, and it, or one of them, is not there or "
        "is damaged.",
        "Extract the package anew.",
    ),
    _page(
        "NB015",
        "report not written",
        "The file that `--report` names cannot be written.",
        "Name one in a folder that exists and is yours.",
    ),
    _page(
        "NB016",
        "contracts without a run",
        "`--contracts` says what tables have to look like, and that is known only from a run of the notebook.",
        "Add `--run`, or extract with `--run` first.",
    ),
    _page(
        "NB020",
        "request not understood",
        "What the Jupyter server was sent is no JSON, or a member of it is missing, unknown, or of another type or "
        "size than it may be.",
        "It is a program that sends such requests: the message says what is wrong where in it.",
    ),
    _page(
        "NB021",
        "path not below the server's root",
        "The Jupyter server shows the files below one folder, its root. A path led out of it, however it was "
        "written, by a link even; or to a hidden file, which the server does not show.",
        "Name a file as the file browser does. Start the server in another folder, should more be below its root.",
    ),
    _page(
        "NB017",
        "no module for a function",
        "The module cannot be imported under such a name, lies outside the project, or is no text file.",
        "Name a module beside the notebook, such as `--module features`, or a file, `--module src/pkg/features.py`.",
    ),
    _page(
        "NB018",
        "nothing to take back",
        "No refactoring was applied here that could be undone, or it has been taken back already.",
        "`nb2pkg refactor undo` takes back the last one; your version control knows the rest.",
    ),
    _page(
        "NB019",
        "the project's Python is not used",
        "A configuration file names a program as the notebook's Python, and what is installed there is known only by "
        "running it. A file of the project may be by somebody else, and so may the program: nothing of a project is "
        "run before you say so. Versions were read where they would be without the setting.",
        "If you trust the program, name it yourself, with `--python` or `NB2PKG_PYTHON`. A virtual environment with "
        "packages of its own only, such as `python -m venv .venv` makes, is read and need not be run.",
    ),
    # -- the notebook's file
    _page("NB101", "empty file", "The file holds nothing.", "Save the notebook again."),
    _page(
        "NB102",
        "not JSON",
        "A notebook file is JSON text in UTF-8. This one is something else: another format, a file "
        "with conflict markers, or one that was cut off.",
        "The message says what it looks like; get the original file, or resolve the conflict.",
    ),
    _page(
        "NB103",
        "not a notebook",
        "The file is JSON, but not laid out as the notebook format says.",
        "Open it in Jupyter and save it; the message says which part is wrong.",
    ),
    _page(
        "NB104",
        "cell is not valid Python",
        "A cell that Python cannot read can become no function.",
        "Correct the cell, tag it `skip`, or leave such cells out with `--keep-going`.",
    ),
    _page(
        "NB105",
        "format not supported",
        "Formats 3 and 4 are read; older and newer ones differ in ways that would be guessed.",
        "Open the notebook in Jupyter and save it, or convert it with `jupyter nbconvert --to notebook`.",
    ),
    _page(
        "NB106",
        "duplicate key",
        "JSON does not say which of two values with one name counts; tools disagree.",
        "Remove one of them; usually a merge has gone wrong.",
    ),
    _page(
        "NB107",
        "nested too deeply",
        "No tool that writes notebooks nests so deeply.",
        "Look at how the file was made.",
    ),
    _page(
        "NB108",
        "too large",
        "Beyond these sizes a file is a mistake more often than a notebook.",
        "Clear outputs, move data into files of their own, or raise `--max-size`.",
    ),
    _page(
        "NB109",
        "too deep or too slow to analyse",
        "Analysis runs in a process of its own, with limits on time, memory and depth, so that no "
        "cell can take nb2pkg, or your machine, down. This one met a limit.",
        "Split the expression into several, or tag the cell `skip`.",
    ),
    _page(
        "NB110",
        "nothing to extract",
        "No code is left that could become a function: there is none, or all of it was left out.",
        "See what was left out, and why, with `nb2pkg check`.",
    ),
    _page(
        "NB111",
        "not a Python notebook",
        "Functions are extracted from Python only.",
        "If the notebook is Python, correct `language_info` in its metadata.",
    ),
    _page(
        "NB112",
        "newer syntax than the notebook's Python",
        "The package must run on the Python that the notebook runs on, and uses syntax that is newer.",
        "Name the right interpreter with `--python`.",
    ),
    _page(
        "NB120",
        "magic that nb2pkg does not know",
        "A line or cell magic, or a shell command, for which there is no plain Python of the same "
        "effect. It is never guessed at, and never run.",
        "Write it in Python, or tag the cell `skip`.",
    ),
    _page(
        "NB131",
        "names bound by text",
        "`exec(text)` and `globals()[name] = …` bind names that do not stand in the code. Nothing can "
        "say which later cell needs them, so the cell, and those that need it, are left out.",
        "Assign the names plainly, or keep such values in a dictionary of their own.",
    ),
    _page(
        "NB132",
        "class body with a name of two meanings",
        "In a function, the body of a class that reads a name of the notebook and then binds one of "
        "its own that is called the same does not find the first.",
        "Give one of the two another name.",
    ),
    _page(
        "NB141",
        "name used before it is defined",
        "From top to bottom, nothing above the cell binds the name; the notebook works only because "
        "cells were run in another order, or because of a cell that is gone. The cell, and those "
        "that need it, are left out.",
        "Move the definition above its use.",
    ),
    _page(
        "NB142",
        "name that only the kernel knows",
        "`_`, `In`, `Out` and `get_ipython` exist in a kernel and in no program.",
        "Give the value a name where it is made.",
    ),
    _page(
        "NB143",
        "cell left out by its tag, whose changes are read",
        "A cell that is tagged to be skipped, or to become a test, binds or changes a value that later "
        "cells read. The package goes on with the value as it was before.",
        "Leave such cells without effect on others, or take the tag away.",
    ),
    _page(
        "NB144",
        "text that tells where a class stands",
        "`print(type(point))` shows `__main__.Point` in a notebook. In a package, the class has a module.",
        "Show `type(point).__name__`, or accept the other text.",
    ),
    _page(
        "NB145",
        "pickle meets a definition inside a function",
        "A function or a class that looks up a changing value of the notebook stands inside a step. Pickle "
        "finds it there while the step's process runs; another process, or a later run, does not.",
        "Give it the values as arguments; then it is moved to a module.",
    ),
    _page(
        "NB146",
        "definitions are looked for in `__main__`",
        "`doctest.testmod()`, `unittest.main()` and `from __main__ import f` look into the notebook itself. "
        "The package's definitions stand in its modules, where these find nothing.",
        "Name the module or the class, or move such tests to the package's `tests/`.",
    ),
    _page(
        "NB150",
        "module beside the notebook comes along",
        "The notebook imports a module that stands beside it. Installed elsewhere, the package would "
        "not find it, so a copy goes with it, as it is.",
        "Nothing; later changes to the module need another extract.",
    ),
    _page(
        "NB151",
        "a module beside the notebook does something when it is imported",
        "A notebook imports it once. In a pipeline, where each step is a process of its own, it is imported "
        "in each, and prints or does again what it does.",
        "Put what it does into a function that the notebook calls.",
    ),
    _page(
        "NB190",
        "byte-order mark",
        "The file begins with a mark that JSON does not have; it is read without.",
        "Nothing; Jupyter drops it when it saves.",
    ),
    _page(
        "NB191",
        "unknown kind of cell",
        "A cell that is neither code, nor Markdown, nor raw is left out.",
        "Look at which tool wrote it.",
    ),
    _page(
        "NB192",
        "cell id unusable",
        "Cell ids must differ and have a certain form; others are replaced, in memory only.",
        "Save the notebook in Jupyter.",
    ),
    _page(
        "NB193",
        "tags unusable",
        "The tags of a cell are not a list of texts, and are ignored.",
        "Set the tags in Jupyter again.",
    ),
    _page(
        "NB194",
        "number that JSON does not have",
        "`NaN` and `Infinity` are no JSON; they are kept out of the package.",
        "Nothing; clear the output if it bothers you.",
    ),
    _page(
        "NB195",
        "old notebook format",
        "The notebook has format 3. It is read as format 4; its file stays as it is.",
        "Save it in Jupyter.",
    ),
    # -- names and code
    _page(
        "NB201",
        "name changed",
        "A heading or tag would make a function that hides a keyword, a builtin or a module.",
        "Choose another heading or tag if you do not like the name.",
    ),
    _page(
        "NB204",
        "unsafe name in a tag",
        "The name in a `step:` tag is no function name; it is never used as a path.",
        "Use letters, digits and `_`.",
    ),
    _page(
        "NB210",
        "sections fused into one step",
        "Functions that pass a value on cannot do here what the cells do: the message says why. The "
        "sections are one function, which does.",
        "Follow the hint, if you want them apart.",
    ),
    _page(
        "NB211",
        "cells of one step stand apart",
        "Cells with the same `step:` tag become one function only if moving them together changes "
        "nothing. Here, cells in between need some of them, or are needed by them.",
        "Tag the later cells with another step's name.",
    ),
    # -- pipelines
    _page(
        "NB301",
        "pipeline is not YAML",
        "`pipeline.yaml` cannot be read as YAML text in UTF-8: a bracket or a quote is open, a line is "
        "indented with a tab, or the file has another encoding.",
        "Correct it where the message points; indent with spaces, and save it as UTF-8.",
    ),
    _page(
        "NB302",
        "YAML that a pipeline may not hold",
        "Tags such as `!!python/object`, keys that are there twice, merge keys (`<<`), several documents, and "
        "files that are larger, nest deeper or stand for more than any pipeline does. Tools disagree about what "
        "these mean, and some of them are made to take a machine down.",
        "Write the values out; give each key once.",
    ),
    _page(
        "NB303",
        "steps do not fit together",
        "A step needs itself, if only through others; it needs one that is not there, or one twice; it gives an "
        "output twice; or two steps have names that are one file on some systems. Nothing was run.",
        "Follow the cycle that the message shows, and take one `needs` out of it; or correct the name.",
    ),
    _page(
        "NB304",
        "parameter that cannot be",
        "The name is no Python name, or nothing has a parameter of that name; the value is not of the declared "
        "type; or a value is missing. A parameter that is ignored, or that changes its type on the way, would give "
        "a run of something else.",
        "The message names the parameter, its type, and a name that is spelled alike; give the value as that type.",
    ),
    _page(
        "NB305",
        "number or time out of range",
        "Retries are whole numbers from 0 to 100; times are above zero and at most a year; and a number has to be "
        "one that a computer holds, which 1e400 is not.",
        "Write a time as seconds or as a text such as `30s`, `5m` or `1h 30m`; leave the key out for no limit.",
    ),
    _page(
        "NB306",
        "schedule that says no time",
        "The times of a schedule are not those of a crontab (a number out of range, a field too few, a line break) "
        "and no words that stand for one; or they never come, as 31 February does not. A schedule that is "
        "misunderstood runs at the wrong time, or not at all, and nobody is there to see it.",
        'Correct it where the message points: five fields in quotes such as `"0 2 * * *"`, an alias such as '
        "`@daily`, or words such as `weekdays at 07:30`.",
    ),
    _page(
        "NB307",
        "schedule without a time zone",
        "A schedule names no time zone, or one that is not in the tz database. Whose two o'clock is meant would "
        "depend on the machine, and a distance such as `UTC+2` has no daylight saving.",
        "Write `timezone:` with a place, such as `Europe/Stockholm`, or `UTC`.",
    ),
    _page(
        "NB308",
        "no such run",
        "No run has this id, or several begin with what was given; or the run has no step of that name.",
        "`nb2pkg runs list` shows the runs; write more of the id.",
    ),
    _page(
        "NB309",
        "pipeline not understood",
        "A key is unknown or missing, or its value is of a form that means nothing there. A misspelled key that "
        "is ignored would be worse than one that stops.",
        "The message points to it, and names the key that is spelled alike; all keys are in the reference of "
        "`pipeline.yaml`.",
    ),
    _page(
        "NB310",
        "a step's notebook or function is not there",
        "A step names a notebook that is no file, or a function that its module does not have. Nothing was run.",
        "Correct the path, which starts at the folder of `pipeline.yaml`, or the function's name.",
    ),
    _page(
        "NB311",
        "two write the same output",
        "Two steps, or two runs at one time, would write the same file. Whichever came last would win, and the "
        "record of the other would point to something it did not make.",
        "Give each an output of its own; or let the later run wait with `--wait`.",
    ),
    _page(
        "NB312",
        "no such schedule",
        "No schedule of yours has this name. Those of other users who share the store of records are not found, and "
        "those of another store or home (`NB2PKG_STORE`, `NB2PKG_HOME`) are not either. Of several names that were "
        "given, nothing was done for any.",
        "`nb2pkg schedule list` shows your schedules; the message names one that is spelled alike. A schedule that "
        "`pipeline.yaml` names is there once `nb2pkg schedule sync` has been told so, under the pipeline's name and "
        "its own: `churn-nightly`.",
    ),
    _page(
        "NB313",
        "a schedule of that name is there",
        "You have a schedule of this name already, and no two may have the same. Nothing was changed.",
        "Change it with `--replace`, or give the new one another name with `--name`. From `nb2pkg schedule sync`: two "
        "pipelines have the same name, or the schedule was added by hand; give one of the pipelines another `name`, or "
        "remove the schedule that is in the way.",
    ),
    # -- the output folder
    _page(
        "NB212",
        "numbers begin anew in each step",
        "Some libraries number what they make, from the start of the process. `python -m PACKAGE` runs in "
        "one process, as the notebook does; in a pipeline, where each step has its own, the numbers in "
        "names, text and pictures are others.",
        "Give the things names of your own where it matters.",
    ),
    _page(
        "NB401",
        "files changed since the last extract",
        "Somebody has edited files of the package. Writing them again would lose that.",
        "`--diff` shows the difference, `--merge` brings both together, `--force` overwrites and keeps "
        "a backup below `.nb2pkg/backup/`.",
    ),
    _page(
        "NB402",
        "link in the way",
        "A symbolic link in the output folder could lead writing anywhere. It is never followed.",
        "Remove the link, or give its target with `--output`.",
    ),
    _page(
        "NB403",
        "output in a bad place",
        "The output is the notebook itself, a folder above it, or the root of the disk.",
        "Give a folder of its own with `--output`.",
    ),
    _page(
        "NB404",
        "package name unusable",
        "The name is no Python name, or would hide a module that the notebook needs.",
        "Take the name that the message suggests.",
    ),
    _page(
        "NB405",
        "file name or path that cannot be used",
        "The notebook's file name has bytes that are not UTF-8: the files of a package name the notebook, "
        "and text files cannot hold such a name. Or a path of a pipeline is absolute, or leads out of the project "
        "by `..` or through a link: elsewhere it would mean another file, or none.",
        "Rename the file; write paths relative to the folder of `pipeline.yaml`, and copy what lies outside.",
    ),
    _page(
        "NB406",
        "edits and new version conflict",
        "The same lines were edited by hand and changed by a new extract. Your file stays as it is.",
        "Merge the `*.nb2pkg-new` file by hand and remove it, or choose between the marked versions.",
    ),
    _page(
        "NB407",
        "merge would not be sound",
        "Merged with your edits, a file would not compile, or would use names that are gone.",
        "Bring the file in line with the new version (`--diff`), then extract again.",
    ),
    _page(
        "NB408",
        "edits kept",
        "A file that you edited stays as it is: there is nothing new to bring in.",
        "Nothing.",
    ),
    _page(
        "NB409",
        "folder not made by nb2pkg",
        "The output folder holds files and no `nb2pkg.lock`: nothing in it is touched, even with `--force`.",
        "Choose another folder with `--output`.",
    ),
    _page(
        "NB410",
        "lock file unreadable",
        "`nb2pkg.lock` tells our files from yours. Without it, nothing can be written safely.",
        "Restore it from version control, or extract into another folder.",
    ),
    _page(
        "NB411",
        "folder of another notebook",
        "The output folder holds the package of a notebook of another name.",
        "Choose another folder with `--output`, or replace that package with `--force`.",
    ),
    _page(
        "NB412",
        "changed meanwhile",
        "The notebook, or a file that was to be written over, was saved while nb2pkg was at work; writing it would "
        "lose that. Nothing was written.",
        "Look at it, and run the command again.",
    ),
    _page(
        "NB413",
        "not what was shown",
        "What was to be written was shown first. Since then the notebook, the package's folder or the environment has "
        "changed, so that something else would have been written. Nothing was.",
        "Look at it once more, and apply that.",
    ),
    # -- the environment
    _page(
        "NB501",
        "permission denied",
        "The file may not be read or written.",
        "Change its permissions.",
    ),
    _page(
        "NB502",
        "disk refuses",
        "The disk is full, read-only or failing. Nothing was changed.",
        "Make room, or choose another folder.",
    ),
    _page(
        "NB510",
        "record store cannot be used",
        "Runs are recorded before they start. The store is damaged, was written by a newer nb2pkg, holds something "
        "else, or its database does not answer; no run goes unrecorded. Where it stops answering while a run goes "
        "on, steps go on, and are written down once it answers. After a minute nothing more begins; what runs comes "
        "to its end, and what it gives is kept.",
        "Follow the hint: update nb2pkg, move the file aside, or name another store with `NB2PKG_STORE`. Run again "
        "what could not be recorded: steps that came to their end are not run a second time.",
    ),
    _page(
        "NB511",
        "unknown distribution",
        "A module that the notebook imports is not installed where the notebook runs, and its distribution is "
        "not known. A guess could install somebody else's package.",
        "Install the module there, or name it in a `%pip install` line.",
    ),
    _page(
        "NB512",
        "requirements contradict",
        "What the notebook asks for is not what it runs with.",
        "Bring the two in line.",
    ),
    _page(
        "NB513",
        "requirement not understood",
        "A `pip install` line names something that is no requirement.",
        "Write it as pip's documentation does.",
    ),
    _page(
        "NB514",
        "the notebook's Python does not answer",
        "The interpreter cannot compile the package.",
        "Name a working one with `--python`.",
    ),
    _page(
        "NB515",
        "ruff is missing",
        "ruff lays out the code; without it, files would change with every tool.",
        "`python -m pip install ruff` beside nb2pkg.",
    ),
    _page(
        "NB516",
        "address not understood",
        "What `NB2PKG_STORE`, `NB2PKG_CACHE`, `--mlflow` or `--lineage` says is neither a path nor an address of a "
        "kind that is known.",
        "For records write a path, `sqlite:///PATH` or `postgresql://USER@HOST/DATABASE`; for shared results "
        "`SCHEME://…`, such as `s3://BUCKET/FOLDER`.",
    ),
    _page(
        "NB517",
        "an extra is not installed",
        "What was asked for needs a package that nb2pkg does not bring by itself, such as a database's.",
        "Install the extra that the message names, such as `python -m pip install 'nb2pkg[postgres]'`.",
    ),
    _page(
        "NB518",
        "no such kernel",
        "The kernel that a notebook or its step names is not installed here.",
        "Install it, or name one that the message lists with `kernel:` or `--kernel`.",
    ),
    _page(
        "NB519",
        "records on a network file system",
        "SQLite keeps processes apart by locks, which network file systems promise and do not always keep: where two "
        "machines write to one file, records may be damaged. nb2pkg does without the shared memory that SQLite "
        "uses on disks, so that one machine alone is safe, if slower.",
        "Keep records on a disk of the machine, by `NB2PKG_HOME` or `NB2PKG_STORE`; for several machines, name a "
        "PostgreSQL database in `NB2PKG_STORE`.",
    ),
    _page(
        "NB520",
        "the kernel cannot be watched",
        "To compare a notebook with its package, its kernel is asked for its values. This one does not "
        "answer.",
        "See that the notebook's Python is 3.8 or later, and that its ipykernel works in Jupyter.",
    ),
    _page(
        "NB521",
        "no kernel",
        "Notebooks run in a kernel, and the notebook's Python starts none.",
        "Install one there: `python -m pip install ipykernel`; or name another Python with `--python`.",
    ),
    _page(
        "NB522",
        "the notebook's folder cannot be copied",
        "The notebook and its package run in copies of the notebook's folder, so that nothing in it "
        "changes. It is too large for that, or part of it cannot be read.",
        "Put the notebook into a folder of its own, or large data beside that folder.",
    ),
    _page(
        "NB530",
        "the notebook stops while it is run",
        "A cell raises an error, runs into the time limit, or its kernel dies. What came before it is "
        "recorded.",
        "See that the notebook runs from top to bottom in a fresh kernel, or raise `--timeout`.",
    ),
    _page(
        "NB531",
        "the package gives something else than the notebook",
        "`extract --run` runs both. Where they part, nothing is recorded: a test would hold the package to "
        "a wrong value.",
        "`nb2pkg verify` shows what differs, and which cell and line makes it.",
    ),
    _page(
        "NB532",
        "a step is not tested on recorded values",
        "A recorded test calls a step by itself, with what it was given when the notebook ran, and "
        "compares what it gives. That is not possible for every step: it may need a value that no file can "
        "hold, files that an earlier step writes, the network, or more than it takes. The test is there, and "
        "skips with this reason.",
        "Give the step what it needs as parameters, or write the test by hand.",
    ),
    _page(
        "NB533",
        "what was recorded is of an older notebook",
        "Types and values that were recorded hold for the cells that were run. The notebook has changed since; "
        "its package is made from the text alone again.",
        "Run it again: `nb2pkg extract --run`.",
    ),
    _page(
        "NB534",
        "no pandera",
        "With `--contracts pandera` the package imports pandera to check the tables between its steps, and "
        "the notebook's Python does not have it.",
        "Install it there: `python -m pip install 'pandera[pandas]'`; or extract with `--contracts none`.",
    ),
    _page(
        "NB535",
        "recorded tests were not run together",
        "Before tests on recorded values are written, they are run with the notebook's Python. It has no "
        "pytest, or they took too long. Each call was repeated by itself all the same.",
        "Install it there: `python -m pip install pytest`; then run `pytest` in the package.",
    ),
    # -- runs
    _page(
        "NB540",
        "a step failed",
        "Its notebook or function raised an error. Steps that build on it were not run; the executed notebook, up to "
        "that cell, and the log are kept with the run.",
        "See the traceback; then go on from there with `nb2pkg run --resume last`.",
    ),
    _page(
        "NB541",
        "a step took too long",
        "It ran into `timeout` or `cell_timeout`. It was ended, with everything that it had started.",
        "Raise the limit in `pipeline.yaml` or with `--timeout`, or see in the log where the time goes.",
    ),
    _page(
        "NB542",
        "the kernel died",
        "The process that ran the notebook ended by itself: most often it ran out of memory, or a library "
        "crashed. The message says how it ended, and in which cell.",
        "Give the step less at once, or a machine with more memory; `retries` helps only against chance.",
    ),
    _page(
        "NB543",
        "a kept result is damaged",
        "What a step gave before is not as it was written: a disk failed, or somebody changed it. It is never used; "
        "the step runs again.",
        "Nothing, if it stays at one; if it happens again, look after the disk.",
    ),
    _page(
        "NB544",
        "shared results are away",
        "Where results are shared does not answer, or refuses. What was to be read there is made here, and what "
        "was to be written is kept until it can be.",
        "Look at the address in `NB2PKG_CACHE` and at its credentials; the run itself is fine.",
    ),
    _page(
        "NB545",
        "a tracker is away",
        "MLflow or the receiver of OpenLineage events does not answer, or refuses. The run goes on without it.",
        "Look at its address. The record of the run is whole: `nb2pkg runs show`.",
    ),
    _page(
        "NB546",
        "taken for dead",
        "For a minute nothing was heard of the run: its process was suspended, or its store could not be reached. "
        "Another nb2pkg has then marked it as crashed. It was stopped, and nothing more is written to its record; "
        "else two could write to one.",
        "Run it again: steps that came to their end are not run a second time. Where runs are suspended on purpose, "
        "raise `NB2PKG_LEASE_SECONDS`.",
    ),
    _page(
        "NB548",
        "schedules not kept running",
        "`nb2pkg schedule install` leaves it to systemd or to cron to start schedules, after each start of the machine "
        "and after a crash. Here neither is there, or it refuses; or a file of somebody else stands in the unit's "
        "place, or what it needs to know cannot be written down: a password is never.",
        "Follow the hint. Whatever starts programs on your machine can do it, too: let it run `nb2pkg schedule run`.",
    ),
    _page(
        "NB549",
        "jobs would run as root",
        "Schedules run notebooks unattended, as the user who runs `nb2pkg schedule`. As root, whoever may change "
        "one of those notebooks could do anything on the machine.",
        "Run it as a user of its own, who may do what the jobs need; or say `--allow-root`.",
    ),
    _page(
        "NB550",
        "no answer",
        "The Jupyter server has work done in processes of their own. One has died over this, or took too long, or "
        "needed too much memory. Other requests are answered.",
        "Try it once more. The same on the command line may tell more.",
    ),
    _page(
        "NB551",
        "no files",
        "The Jupyter server keeps its notebooks elsewhere than in files of its machine, such as in S3. nb2pkg works on "
        "files.",
        "Run nb2pkg where the files are.",
    ),
    _page(
        "NB552",
        "run that cannot be stopped from here",
        "The run is another user's, or goes on on another machine.",
        "Stop it there: it ends as it does with Ctrl-C.",
    ),
    _page(
        "NB553",
        "too many requests",
        "More waits to be done for the Jupyter server's pages than is reasonable.",
        "Try it again in a moment.",
    ),
    # -- refactorings
    _page(
        "NB801",
        "not the same as a function",
        "As a function, the selected cells would not do what they do: a name would have another value, or none, or something would be shown elsewhere.",
        "The message names the place and the reason; change that line, or select other cells.",
    ),
    _page(
        "NB802",
        "no cells for a function",
        "What is selected has nothing to call in it, leaves a cell out in the middle, or holds the notebook's parameters.",
        "Select cells that stand together and compute something.",
    ),
    _page(
        "NB803",
        "name cannot be given",
        "It is no name, or a word or a builtin of Python's, or IPython's own; or the notebook has it already: as a "
        "name of a cell or of a function that would then mean something else, in a magic, in a text that is "
        "looked up, or from a star import.",
        "Choose another name; the message says where this one is taken.",
    ),
    _page(
        "NB804",
        "the module cannot take it",
        "The module is not Python, has such a name already, means something else by a name that the function uses, or does something when it is imported.",
        "Choose another module with `--module`, or another name.",
    ),
    _page(
        "NB805",
        "not every use can be followed",
        "The name may be used, or seen, in a way that nb2pkg cannot follow for sure: in a magic or a shell command, "
        "in a text such as a formula or a query, by code that looks at all names (`globals()`, `eval`, `%who`), "
        'by `f"{x=}"`, in an error or a warning that is shown, as the name of a class, or of a function that '
        "is handed on. Or no cell binds it. As a warning it says that runs give the name from outside. "
        "A warning that a library gives may quote a line of the notebook: that line then has the new name.",
        "The message names the first such place. Change it, or rename the variable by hand.",
    ),
    _page(
        "NB806",
        "cannot be inlined",
        "With the value's expression, or the function's code, in the places of the name, the notebook might do "
        "something else: the expression may give another value further down, the object matters and not only "
        "its value, a name of the function's own would take the place of the notebook's, or more would be "
        "shown. As a note it says that the module which a function came from still has it.",
        "The message names the place and the reason; change that line first, or leave the name as it is.",
    ),
    _page(
        "NB807",
        "no parameter",
        "What stands there is no literal that a run could be given another value for: it is a docstring, a part of "
        "an f-string, an annotation or a pattern, or it is compared with `is`. Or it matters that a list, dict "
        "or set is made anew each time; or the cell of the parameters stands below. "
        "As a note it says how many literals have the same value and stay.",
        "The message gives the reason. Put the cell with the tag `parameters` further up where that is it.",
    ),
    _page(
        "NB808",
        "an import stays",
        "Imports move to the top of the notebook where that changes nothing. This one stays: its library may "
        "do something when it is imported, something above it has to come first (a path, an environment "
        "variable, `%pip install`), or its name means something else further up.",
        "Nothing, if it may stay there; else move it by hand, and run the notebook.",
    ),
    _page(
        "NB809",
        "changed since",
        "A file that the refactoring wrote has been changed since: taking it back would lose that change.",
        "Take your change back first, or mend the file by hand.",
    ),
    # -- our own faults
    _page(
        "NB700",
        "package not sound",
        "nb2pkg checks what it made before it writes: every file compiles, no name comes from nowhere. "
        "Here it caught itself. Nothing was written.",
        "Please report it.",
    ),
    _page(
        "NB701",
        "layout does not settle",
        "What nb2pkg made is no Python, or ruff lays it out differently twice.",
        "Please report it.",
    ),
    _page(
        "NB799",
        "internal error",
        "Something happened that nb2pkg does not expect of itself.",
        "Run it with `--debug`, and please report what it shows.",
    ),
)
