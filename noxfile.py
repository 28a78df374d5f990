"""Everything one does with the project: `nox --list`."""

from __future__ import annotations

from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.error_on_missing_interpreters = True

CONSTRAINTS = ("--constraint", str(Path(__file__).parent / "constraints.txt"))
STRICT = ("--config-settings", "editable_mode=strict")  # links, not import hooks: type checkers can follow them
FRAMEWORKS = ("torch", "tensorflow-cpu", "keras", "jax", "optax", "array-api-compat")
TEST_TOOLS = (
    "pytest",
    "hypothesis",
    "array-api-strict",
    "mpmath",
    "matplotlib",
    "rich",
    "scikit-learn",
    "build",
    "ruff",
)

RUNS = {  # what pytest is asked to test: (options, environment); each in a process of its own
    "project": (("tests/project",), {}),
    "numpy": (("tests/every", "--framework", "numpy"), {}),
    "strict": (("tests/every", "--framework", "strict"), {}),
    "torch": (("tests/every", "tests/acceptance", "--framework", "torch"), {}),
    "tensorflow": (("tests/every", "tests/acceptance", "--framework", "tensorflow"), {}),
    "jax": (("tests/every", "tests/acceptance", "--framework", "jax"), {}),
    "keras-tensorflow": (("tests/acceptance", "--framework", "keras"), {"KERAS_BACKEND": "tensorflow"}),
    "keras-torch": (("tests/acceptance", "--framework", "keras"), {"KERAS_BACKEND": "torch"}),
    "keras-jax": (("tests/acceptance", "--framework", "keras"), {"KERAS_BACKEND": "jax"}),
}


@nox.session
def demo(session: nox.Session) -> None:
    """Train one encoder in PyTorch, Keras, TensorFlow and JAX with one loss, and compare the curves."""
    session.install(*FRAMEWORKS, "scikit-learn", "matplotlib", "rich", *CONSTRAINTS)
    session.install("--no-deps", ".")
    session.run("python", "docs/demo/run.py", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Test every framework, each in a process of its own. `nox -s tests -- torch jax` runs these alone."""
    names = [name for name in session.posargs if name in RUNS] or list(RUNS)
    session.install(*FRAMEWORKS, *TEST_TOOLS, *CONSTRAINTS)
    session.install("--no-deps", ".")
    for name in names:
        options, environment = RUNS[name]
        session.log(f"{name}: {' '.join(options)}")
        session.run("python", "-m", "pytest", *options, env={**environment, "TF_CPP_MIN_LOG_LEVEL": "2"})


@nox.session
def gpu(session: nox.Session) -> None:
    """Run the same tests on a CUDA device: the frameworks are those of this machine's Python, not installed here."""
    session.install("pytest", "hypothesis", "array-api-strict", "mpmath", "array-api-compat", "scikit-learn")
    session.install("--no-deps", ".")
    raise SystemExit("not written")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install("ruff", *CONSTRAINTS)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types: of the package, and that mistakes in specs and calls are found."""
    session.install(*FRAMEWORKS, "pyright", "pytest", "mpmath", "array-api-strict", "matplotlib", *CONSTRAINTS)
    session.install("--no-deps", "-e", ".", *STRICT)
    session.run("pyright")
    session.run("python", "-m", "pytest", "tests/types")


@nox.session
def generate(session: nox.Session) -> None:
    """Write the functions and classes of every framework from the specs."""
    session.install("numpy", *CONSTRAINTS)
    session.install("--no-deps", ".")
    session.run("python", "-m", "isoloss.generate", "backends")
