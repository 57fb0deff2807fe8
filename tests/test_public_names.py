"""The names that pages, labs and readers' own code rely on keep their arguments and defaults.

Elementwise functions come as `f(z)` and `f_prime(z)`, losses as `f(y_hat, y)` and
`f_grad(y_hat, y)`, everything else as `f(...)` and `f_backward(dy, ...)`.  Whoever changes a line
here breaks code that stands elsewhere; types are left out.
"""

import importlib
import inspect

import numpy as np
import pytest

from snippets.gradient_check import BEST_EPSILON

TABLE = """
activations.step(z)
activations.step_prime(z)
activations.sigmoid(z)
activations.sigmoid_prime(z)
activations.tanh(z)
activations.tanh_prime(z)
activations.relu(z)
activations.relu_prime(z)
activations.leaky_relu(z, slope=0.01)
activations.leaky_relu_prime(z, slope=0.01)
activations.elu(z, alpha=1.0)
activations.elu_prime(z, alpha=1.0)
activations.softplus(z)
activations.softplus_prime(z)
activations.gelu(z)
activations.gelu_prime(z)
activations.silu(z)
activations.silu_prime(z)
activations.softmax(z, axis=-1)
activations.softmax_backward(dy, p, axis=-1)
activations.log_softmax(z, axis=-1)
loss.mse(y_hat, y)
loss.mse_grad(y_hat, y)
loss.mae(y_hat, y)
loss.mae_grad(y_hat, y)
loss.huber(y_hat, y, delta=1.0)
loss.huber_grad(y_hat, y, delta=1.0)
loss.hinge(y_hat, y)
loss.hinge_grad(y_hat, y)
loss.binary_cross_entropy(y_hat, y)
loss.binary_cross_entropy_grad(y_hat, y)
loss.binary_cross_entropy_with_logits(y_hat, y)
loss.binary_cross_entropy_with_logits_grad(y_hat, y)
loss.cross_entropy(logits, labels)
loss.cross_entropy_grad(logits, labels)
perceptron.Perceptron(lr=1.0, epochs=100, bias=True, rng=None)
perceptron.Perceptron.fit(x, y)
perceptron.Perceptron.predict(x)
multilayer_perceptron.affine(x, w, b)
multilayer_perceptron.affine_backward(dy, x, w)
multilayer_perceptron.MLP(sizes, activation, rng, output='identity', loss='mse', dtype=float64)
multilayer_perceptron.MLP.forward(x)
multilayer_perceptron.MLP.gradients(x, y)
multilayer_perceptron.MLP.fit(x, y, lr=0.1, steps=1000)
autodiff.Tensor(data, op='', edges=())
autodiff.Tensor.sum(axis=None, keepdims=False)
autodiff.Tensor.mean(axis=None, keepdims=False)
autodiff.Tensor.reshape(*shape)
autodiff.Tensor.transpose(*axes)
autodiff.Tensor.exp()
autodiff.Tensor.log()
autodiff.Tensor.tanh()
autodiff.Tensor.relu()
autodiff.Tensor.sigmoid()
autodiff.Tensor.max(axis=None, keepdims=False)
autodiff.Tensor.backward(grad=None)
autodiff.Tensor.__add__(other)
autodiff.Tensor.__sub__(other)
autodiff.Tensor.__mul__(other)
autodiff.Tensor.__truediv__(other)
autodiff.Tensor.__pow__(other)
autodiff.Tensor.__matmul__(other)
autodiff.Tensor.__getitem__(index)
gradient_check.numerical_gradient(f, x, eps=BEST_EPSILON)
gradient_check.check_gradient(f, x, grad, eps=BEST_EPSILON, tolerance=1e-06)
initialization.glorot_uniform(shape, rng, dtype=float64)
initialization.glorot_normal(shape, rng, dtype=float64)
initialization.he_uniform(shape, rng, dtype=float64)
initialization.he_normal(shape, rng, dtype=float64)
optimizers.SGD(lr, momentum=0.0, nesterov=False, weight_decay=0.0)
optimizers.RMSProp(lr, decay=0.9, eps=1e-08)
optimizers.Adam(lr=0.001, beta1=0.9, beta2=0.999, eps=1e-08)
optimizers.AdamW(lr=0.001, weight_decay=0.01, beta1=0.9, beta2=0.999, eps=1e-08)
optimizers.Optimizer.step(params, grads)
regularization.dropout(x, rate, rng)
regularization.dropout_backward(dy, mask)
normalization.batch_norm(x, gamma, beta, eps=1e-05)
normalization.batch_norm_backward(dy, x, gamma, eps=1e-05)
normalization.layer_norm(x, gamma, beta, eps=1e-05)
normalization.layer_norm_backward(dy, x, gamma, eps=1e-05)
convolution.conv2d(x, w, b, stride=1, padding=0)
convolution.conv2d_backward(dy, x, w, stride=1, padding=0)
pooling.max_pool2d(x, size, stride=None)
pooling.max_pool2d_backward(dy, x, size, stride=None)
pooling.avg_pool2d(x, size, stride=None)
pooling.avg_pool2d_backward(dy, x, size, stride=None)
cnn.LeNet(image, filters, kernel, paddings, hidden, classes, rng, dtype=float64)
cnn.LeNet.forward(x)
cnn.LeNet.gradients(x, labels, /)
cnn.LeNet.fit(x, labels, stepper, epochs, batch, rng)
rnn.rnn(x, h0, w_x, w_h, b)
rnn.rnn_backward(dh, h, x, h0, w_x, w_h)
lstm.lstm(x, h0, c0, w_x, w_h, b)
lstm.lstm_backward(dh, states, x, h0, c0, w_x, w_h, dc_last=None)
gru.gru(x, h0, w_x, w_h, b_x, b_h, reset_after=True)
gru.gru_backward(dh, states, x, h0, w_x, w_h, reset_after=True)
attention.attention(q, k, v, mask=None)
attention.attention_backward(dy, q, k, v, mask=None)
transformer.Decoder(letters, steps, D, heads, layers, rng)
transformer.Decoder.forward(tokens)
transformer.Decoder.gradients(x, y, /)
transformer.Decoder.fit(batches, stepper, limit=None)
transformer.Decoder.sample(prompt, length, rng, temperature=1.0)
data.digits(dtype=float64)
data.xor()
data.spirals(n, rng, noise=0.05, arms=2, turns=1.0)
data.moons(n, rng, noise=0.1)
data.korean_text()
"""
LINES = " ".join(TABLE.split()).replace(") ", ")\n").splitlines()


class Word:
    """A default that is shown by its name."""

    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name


def shown(default):
    if default is np.float64:
        return Word("float64")
    return Word("BEST_EPSILON") if default is BEST_EPSILON else default


def signature_of(path):
    """Write down what a function, a class or a method takes: names, order and defaults."""
    value = importlib.import_module(f"snippets.{path.split('.')[0]}")
    for name in path.split(".")[1:]:
        value = getattr(value, name)
    parameters = [
        parameter.replace(annotation=parameter.empty, default=shown(parameter.default))
        for name, parameter in inspect.signature(value).parameters.items()
        if name != "self"
    ]
    return f"{path}{inspect.Signature(parameters)}"


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split("(")[0])
def test_public_name_keeps_its_arguments(line):
    assert signature_of(line.split("(")[0]) == line


def test_the_names_are_public():
    for module, name in {tuple(line.split("(")[0].split(".")[:2]) for line in LINES}:
        assert name in importlib.import_module(f"snippets.{module}").__all__
