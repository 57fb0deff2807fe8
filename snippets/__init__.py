"""How a neural network learns, in NumPy: one module per concept of the site.

Arrays in, arrays out.  Nothing here draws, reads files or needs the network, arguments are never
changed, and randomness comes only through `rng: numpy.random.Generator`.

Notation, the same on every page: `x` input, `z` pre-activation, `h` hidden, `y` target,
`y_hat` prediction, `w` weights of shape (in, out), `b` bias, `lr` learning rate; sizes `N` batch,
`D` features, `H` hidden units, `K` classes, `T` steps, `C` channels; `dz` is dL/dz.
"""
