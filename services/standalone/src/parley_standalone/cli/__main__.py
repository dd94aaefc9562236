"""`python -m parley_standalone.cli`: the `parley` command where its script is not on the path."""

from parley_standalone.cli.app import app

if __name__ == "__main__":
    app(prog_name="parley")
