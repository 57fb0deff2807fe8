"""What of Python and NumPy the browser does not get: servers, mail, windows, tests, documentation.

Everything that NumPy, the package and a learner's cell import is kept; what is left out raises
ModuleNotFoundError like any module that is not there.
"""

from __future__ import annotations

import re

_NO_NETWORK = """asynchat asyncore cgi cgitb email ftplib http imaplib mailbox mailcap
    mimetypes netrc nntplib nturl2path poplib smtpd smtplib socketserver ssl telnetlib webbrowser
    wsgiref xmlrpc"""
_NO_PROCESSES_AND_WINDOWS = """_aix_support _android_support _ios_support _osx_support crypt curses
    getpass idlelib msilib multiprocessing nis pipes pty rlcompleter sched tkinter tty turtle
    turtledemo"""
_NO_WORK_ON_PYTHON_ITSELF = """bdb cProfile cmd compileall distutils doctest ensurepip imp lib2to3
    modulefinder pdb pickletools profile pstats py_compile pyclbr pydoc pydoc_data symtable tabnanny
    test trace venv zipapp"""
_NO_RARE_FORMATS = """aifc audioop chunk configparser dbm filecmp fileinput html imghdr lzma
    plistlib quopri sndhdr sqlite3 stringprep sunau tarfile tomllib uu uuid wave xdrlib xml
    zoneinfo"""
_NO_SECOND_COPIES = """__phello__ _pydatetime _pydecimal _pyio antigravity optparse site-packages
    this"""
_LEFT_OUT = frozenset(
    " ".join(
        (
            _NO_NETWORK,
            _NO_PROCESSES_AND_WINDOWS,
            _NO_WORK_ON_PYTHON_ITSELF,
            _NO_RARE_FORMATS,
            _NO_SECOND_COPIES,
        )
    ).split()
)
_ENCODING_NAMES = """__init__ aliases ascii base64_codec charmap cp1252 cp437 cp949 euc_kr hex_codec
    idna iso8859_1 latin_1 mbcs punycode raw_unicode_escape undefined unicode_escape utf_16
    utf_16_be utf_16_le utf_32 utf_8 utf_8_sig"""
_ENCODINGS = frozenset(_ENCODING_NAMES.split())
_LEFT_OUT_INSIDE = (
    "asyncio/proactor_events.py",
    "asyncio/windows_events.py",
    "asyncio/windows_utils.py",
    "concurrent/futures/process.py",
    "ctypes/macholib/",
    "ctypes/test/",
    "logging/config.py",
    "logging/handlers.py",
    "pyodide/console.py",
    "urllib/request.py",
    "urllib/robotparser.py",
    "unittest/mock.py",
)
_NUMPY_LEFT_OUT = re.compile(
    r"/(tests?|f2py|distutils|_pyinstaller|doc|include|code_generators|_examples)/"
    r"|/_core/lib/|/random/lib/|/_core/cversions|/_core/(generate_numpy_api|setup)"
    r"|_simd\.c|lapack_lite\.c|_generate_pyx|conftest\.py|py\.typed"
    r"|_(multiarray|umath|rational|operand_flag|struct_ufunc)_tests\."
    r"|\.(pyi|pyx|pxd|rst|h|md|txt|template|build|pc|cfg|a|in)$|/LICENSE"
)

# Docstrings take a third of the code and nobody reads them in a cell, save where code builds on
# them: Pyodide takes signatures from its own, NumPy copies some when it is imported.
KEEP_DOCSTRINGS = (
    "stdlib/_pyodide/",
    "stdlib/pyodide/",
    "numpy/_core/multiarray.py",
    "numpy/_core/overrides.py",
    "numpy/testing/",
)

# Modules that do nothing but write documentation onto functions of C; imported, so left empty.
EMPTIED = ("numpy/_core/_add_newdocs.py", "numpy/_core/_add_newdocs_scalars.py")


def keeps_stdlib(path: str) -> bool:
    """Tell whether the file `path` of the standard library is shipped.

    >>> keeps_stdlib("json/decoder.py"), keeps_stdlib("email/message.py")
    (True, False)
    """
    first, _, rest = path.partition("/")
    if first.removesuffix(".py") in _LEFT_OUT or path.startswith(_LEFT_OUT_INSIDE):
        return False
    if path.endswith("py.typed"):
        return False
    return first != "encodings" or rest.removesuffix(".py") in _ENCODINGS


def keeps_numpy(path: str) -> bool:
    """Tell whether the file `path` (which begins with "numpy/") is shipped.

    >>> keeps_numpy("numpy/linalg/_linalg.py"), keeps_numpy("numpy/linalg/tests/test_linalg.py")
    (True, False)
    """
    return path.startswith("numpy/") and not _NUMPY_LEFT_OUT.search("/" + path)
