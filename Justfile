# the verbs of this repository; `just` lists them

default:
    @just --list

# set up whatever is missing and run every check and test
check:
    ./scripts/test

# the same, without the tests that start servers
quick:
    ./scripts/test --quick

# the whole line on this machine, until Ctrl-C
demo *args:
    ./scripts/demo {{args}}

# write docs/wire from contract/
wire:
    .venv/bin/python scripts/export-wire

# make the code look as it should
format:
    .venv/bin/ruff format .
    .venv/bin/ruff check --fix .
