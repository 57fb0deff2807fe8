"""Good calls of the methods of public classes, for `tests/test_properties.py`.

A class appears in the cases of its module with one thing done to it; here each of its methods is
called by itself.  The first argument of `method` makes the object, anew for every call.
"""

from __future__ import annotations

import numpy as np

from snippets.cnn import LeNet
from snippets.gradient_descent import LANDSCAPES
from snippets.gru import GRU
from snippets.language_model import CharacterModel
from snippets.lstm import LSTM
from snippets.multilayer_perceptron import MLP
from snippets.optimizers import SGD
from snippets.perceptron import Perceptron
from snippets.rnn import RNN
from snippets.transformer import Decoder
from tests.cases import RNG, Good, array, good, matrix

__all__ = ["ELSEWHERE", "KEEP_DTYPE", "METHODS"]

IMAGES, LABELS = matrix(5, 1, 4, 4), np.array([0, 1, 2, 0, 1])
SEQUENCES, ANSWERS = matrix(3, 2, 2), matrix(2, 1, seed=1)
LETTERS, NEXT = np.array([[0, 1], [2, 3], [4, 4]]), np.array([[2, 3], [4, 4], [0, 0]])
X, Y = matrix(4, 3), matrix(4, 2, seed=1)
POINTS, AND = array(0, 0, 0, 1, 1, 0, 1, 1).reshape(4, 2), array(0, 0, 0, 1)
STEPPER = SGD(0.1)
STATE = (matrix(2, 4), matrix(2, 4, seed=1))


def lenet():
    return LeNet((1, 4, 4), [2], 3, [1], [], 3, np.random.default_rng(0))


def mlp(loss="mse"):
    return MLP([3, 4, 2], "tanh", np.random.default_rng(0), loss=loss)


def rnn():
    return RNN(2, 3, 1, np.random.default_rng(0))


def lstm():
    return LSTM(2, 3, 1, np.random.default_rng(0))


def gru():
    return GRU(2, 3, 1, np.random.default_rng(0))


def letters():
    return CharacterModel(5, 3, 4, np.random.default_rng(0))


def decoder():
    return Decoder(5, 4, 6, 3, 1, np.random.default_rng(0))


def learned():
    return Perceptron().fit(POINTS, AND)


def method(make, name, *args, **kwargs) -> Good:
    """Describe a call of a method of what `make` makes."""
    return good(*args, run=lambda _, *a, **k: getattr(make(), name)(*a, **k), **kwargs)


METHODS = {
    "cnn.LeNet.forward": method(lenet, "forward", IMAGES),
    "cnn.LeNet.predict": method(lenet, "predict", IMAGES),
    "cnn.LeNet.feature_maps": method(lenet, "feature_maps", IMAGES),
    "cnn.LeNet.gradients": method(lenet, "gradients", IMAGES, LABELS),
    "cnn.LeNet.fit": method(lenet, "fit", IMAGES, LABELS, STEPPER, 1, 2, RNG),
    "gradient_descent.Landscape.f": method(lambda: LANDSCAPES["saddle"], "f", X, X),
    "gradient_descent.Landscape.grad": method(lambda: LANDSCAPES["saddle"], "grad", X[0, :2]),
    "gradient_descent.Landscape.hessian": method(lambda: LANDSCAPES["saddle"], "hessian"),
    "gru.GRU.states": method(gru, "states", SEQUENCES),
    "gru.GRU.forward": method(gru, "forward", SEQUENCES),
    "gru.GRU.gradients": method(gru, "gradients", SEQUENCES, ANSWERS),
    "gru.GRU.fit": method(gru, "fit", [(SEQUENCES, ANSWERS)], STEPPER, 1.0),
    "language_model.CharacterModel.forward": method(letters, "forward", LETTERS),
    "language_model.CharacterModel.read": method(letters, "read", LETTERS, STATE),
    "language_model.CharacterModel.gradients": method(letters, "gradients", LETTERS, NEXT),
    "language_model.CharacterModel.fit": method(letters, "fit", [(LETTERS, NEXT)], STEPPER, 1.0),
    "language_model.CharacterModel.sample": method(letters, "sample", LABELS, 2, RNG, 1.0),
    "lstm.LSTM.states": method(lstm, "states", SEQUENCES),
    "lstm.LSTM.forward": method(lstm, "forward", SEQUENCES),
    "lstm.LSTM.gradients": method(lstm, "gradients", SEQUENCES, ANSWERS),
    "lstm.LSTM.fit": method(lstm, "fit", [(SEQUENCES, ANSWERS)], STEPPER, 1.0),
    "multilayer_perceptron.MLP.forward": method(mlp, "forward", X),
    "multilayer_perceptron.MLP.gradients": method(mlp, "gradients", X, Y),
    "multilayer_perceptron.MLP.fit": method(mlp, "fit", X, Y, 0.1, 2),
    "optimizers.Optimizer.step": method(lambda: SGD(0.1), "step", [X, Y], [X, Y]),
    "perceptron.Perceptron.fit": method(lambda: Perceptron(epochs=9), "fit", POINTS, AND),
    "perceptron.Perceptron.predict": method(learned, "predict", POINTS),
    "rnn.RNN.forward": method(rnn, "forward", SEQUENCES),
    "rnn.RNN.gradients": method(rnn, "gradients", SEQUENCES, ANSWERS),
    "rnn.RNN.fit": method(rnn, "fit", [(SEQUENCES, ANSWERS)], STEPPER, 1.0),
    "transformer.Decoder.forward": method(decoder, "forward", LETTERS),
    "transformer.Decoder.gradients": method(decoder, "gradients", LETTERS, NEXT),
    "transformer.Decoder.fit": method(decoder, "fit", [(LETTERS, NEXT)], STEPPER, 1.0),
    "transformer.Decoder.sample": method(decoder, "sample", LABELS, 2, RNG, 1.0),
}
KEEP_DTYPE = {
    "gradient_descent.Landscape.f",
    "gradient_descent.Landscape.grad",
    "optimizers.Optimizer.step",
}
"""Methods whose results have the dtype of their arguments; the others' weights are float64."""
ELSEWHERE = {
    "autodiff.Dual": "operators of NumPy, with NumPy's errors",
    "autodiff.Tensor": "operators, tried in tests/test_autodiff.py; the axes are NumPy's own",
    "fast_cnn.FastLeNet.fit": "the case of the class",
    "fast_cnn.FastLeNet.step": "unchecked, as it says: `fit` has checked everything",
    "fast_mlp.FastMLP.fit": "the case of the class",
    "fast_mlp.FastMLP.step": "unchecked, as it says: `fit` has checked everything",
    "fast_mlp.FlatAdam.step": "the case of the class",
    "fast_mlp.FlatSGD.step": "the case of the class",
    "optimizers.Optimizer.update": "the rule, called by `step` with what it has checked",
    "optimizers.SGD.update": "as Optimizer.update",
    "optimizers.RMSProp.update": "as Optimizer.update",
    "optimizers.Adam.update": "as Optimizer.update",
    "optimizers.AdamW.update": "as Optimizer.update",
}
"""Methods, or classes with all of theirs, that have no call here, and why."""
