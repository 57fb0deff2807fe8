"""Python in the page: the packs that the browser downloads, and what runs inside them.

    recipe.py     what of Python and NumPy is left out
    archive.py    the formats: one archive for all files, WebAssembly without names
    compile.mjs   the wasm Python compiles its own modules
    pack.py       the runtime pack (built once into .cache/live/) and the project's own pack
    site.py       the packs as files of the site, and the manifest that the page reads
    runtime.py    runs the reader's code, inside the browser

The page's side stands in docs/assets/js/live/.
"""
