"""Ask PyTorch 2.13 for what the training modules must reproduce, and keep its answers.

Run once, in an environment that has torch: `python scripts/make_torch_fixtures_training.py`.  The
result, `tests/fixtures/torch_training.npz`, is committed with the version of torch and the seed, so
the tests need no torch; where it is there they ask it again.  A topic is a function that returns
named arrays, inputs and answers alike, all in float64.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TARGET = Path(__file__).parent.parent / "tests" / "fixtures" / "torch_training.npz"
SEED = 0
Arrays = dict[str, NDArray[Any]]
TOPICS: dict[str, Callable[[Any], Arrays]] = {}

OPTIMIZERS: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("SGD", {"lr": 0.05}),
    "momentum": ("SGD", {"lr": 0.02, "momentum": 0.9}),
    "nesterov": ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    "sgd_decay": ("SGD", {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.1}),
    "rmsprop": ("RMSprop", {"lr": 0.01, "alpha": 0.9}),
    "adam": ("Adam", {"lr": 0.05}),
    "adamw": ("AdamW", {"lr": 0.05, "weight_decay": 0.1}),
}


# name: function of the package, its parameter
VARIANTS = {"leaky_relu_steep": ("leaky_relu", 0.3), "elu_high": ("elu", 1.7)}
NARROW = 0.3
"""Where the other Huber loss goes over into a line."""

# name: shape here; a matrix is turned over there
SHAPES: dict[str, tuple[int, ...]] = {"matrix": (1000, 2000), "kernel": (200, 50, 5, 5)}
QUANTILES = np.array([0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99])


def topic(f: Callable[[Any], Arrays]) -> Callable[[Any], Arrays]:
    """Register a function as the topic of its name."""
    TOPICS[f.__name__] = f
    return f


def drawn(torch: Any, *shape: int, seed: int, grad: bool = False) -> Any:
    """Draw a float64 tensor, the same at every run."""
    values = np.random.default_rng((SEED, seed)).normal(size=shape)
    return torch.tensor(values, requires_grad=grad)


@topic
def optimizers(torch: Any) -> Arrays:
    """50 steps of each rule on sum cos(w) + |w|^2 / 20, whose gradient is -sin(w) + w / 10."""
    start = drawn(torch, 4, 3, seed=0)
    answers: Arrays = {"start": start.numpy()}
    for name, (kind, settings) in OPTIMIZERS.items():
        w = start.clone().requires_grad_()
        optimizer = getattr(torch.optim, kind)([w], **settings)
        path = []
        for _ in range(50):
            optimizer.zero_grad()
            (torch.cos(w).sum() + (w * w).sum() / 20).backward()
            optimizer.step()
            path.append(w.detach().numpy().copy())
        answers[name] = np.array(path)
    return answers


@topic
def batch_norm(torch: Any) -> Arrays:
    """Batch norm of features and images: result, gradients, running statistics, inference."""
    answers: Arrays = {}
    for name, shape in (("features", (6, 3)), ("images", (4, 3, 5, 2))):
        module = (torch.nn.BatchNorm1d if len(shape) == 2 else torch.nn.BatchNorm2d)(3).double()
        x, dy = drawn(torch, *shape, seed=1, grad=True), drawn(torch, *shape, seed=2)
        with torch.no_grad():
            module.weight.copy_(drawn(torch, 3, seed=3))
            module.bias.copy_(drawn(torch, 3, seed=4))
        y = module(x)
        y.backward(dy)
        answers |= {
            f"{name}_{key}": tensor.detach().numpy()
            for key, tensor in {
                "x": x, "dy": dy, "gamma": module.weight, "beta": module.bias, "y": y,
                "dx": x.grad, "dgamma": module.weight.grad, "dbeta": module.bias.grad,
                "running_mean": module.running_mean, "running_var": module.running_var,
                "inference": module.eval()(x),
            }.items()
        }  # fmt: skip
    return answers


@topic
def layer_norm(torch: Any) -> Arrays:
    """Layer norm over the last axis of a sequence: result and gradients."""
    x, dy = drawn(torch, 2, 4, 5, seed=5, grad=True), drawn(torch, 2, 4, 5, seed=6)
    gamma, beta = drawn(torch, 5, seed=7, grad=True), drawn(torch, 5, seed=8, grad=True)
    y = torch.nn.functional.layer_norm(x, (5,), gamma, beta)
    y.backward(dy)
    named = {"x": x, "dy": dy, "gamma": gamma, "beta": beta, "y": y}
    named |= {"dx": x.grad, "dgamma": gamma.grad, "dbeta": beta.grad}
    return {key: tensor.detach().numpy() for key, tensor in named.items()}


@topic
def activations(torch: Any) -> Arrays:
    """Each activation and its derivative on a grid that avoids the kinks."""
    F = torch.nn.functional
    rules: dict[str, Callable[[Any], Any]] = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": F.relu,
        "leaky_relu": F.leaky_relu,
        "elu": F.elu,
        "softplus": lambda z: F.softplus(z, threshold=1000),
        "gelu": lambda z: F.gelu(z, approximate="tanh"),
        "silu": F.silu,
        "leaky_relu_steep": lambda z: F.leaky_relu(z, VARIANTS["leaky_relu_steep"][1]),
        "elu_high": lambda z: F.elu(z, VARIANTS["elu_high"][1]),
    }
    z = torch.linspace(-8, 8, 64, dtype=torch.float64)
    answers: Arrays = {"z": z.numpy()}
    for name, f in rules.items():
        point: Any = z.clone().requires_grad_()
        y = f(point)
        y.sum().backward()
        answers[name], answers[f"{name}_prime"] = y.detach().numpy(), point.grad.numpy()
    return answers


@topic
def softmax(torch: Any) -> Arrays:
    """Softmax along both axes, its pull-back, and log-softmax."""
    z: Any = drawn(torch, 4, 5, seed=9, grad=True)
    dy = drawn(torch, 4, 5, seed=10)
    answers: Arrays = {"z": z.detach().numpy(), "dy": dy.numpy()}
    for axis in (0, 1):
        z = z.detach().requires_grad_()
        p = torch.softmax(z, axis)
        p.backward(dy)
        dz: Any = z.grad
        answers |= {f"p{axis}": p.detach().numpy(), f"dz{axis}": dz.numpy().copy()}
        answers[f"log_p{axis}"] = torch.log_softmax(z, axis).detach().numpy()
    return answers


@topic
def losses(torch: Any) -> Arrays:
    """Each mean loss and its gradient by the prediction."""
    F = torch.nn.functional
    y_hat, y = drawn(torch, 5, 3, seed=11), drawn(torch, 5, 3, seed=12)
    half = (drawn(torch, 5, 3, seed=13) > 0).double()
    labels = torch.tensor([0, 2, 1, 1, 0])
    rules: dict[str, tuple[Callable[[Any, Any], Any], Any, Any]] = {
        "mse": (F.mse_loss, y_hat, y),
        "mae": (F.l1_loss, y_hat, y),
        "huber": (F.huber_loss, y_hat, y),
        "huber_narrow": (lambda a, b: F.huber_loss(a, b, delta=NARROW), y_hat, y),
        "binary_cross_entropy": (F.binary_cross_entropy, torch.sigmoid(y_hat), half),
        "binary_cross_entropy_with_logits": (F.binary_cross_entropy_with_logits, y_hat, half),
        "cross_entropy": (F.cross_entropy, y_hat, labels),
    }
    answers: Arrays = {}
    for name, (f, prediction, target) in rules.items():
        point = prediction.clone().requires_grad_()
        loss = f(point, target)
        loss.backward()
        answers |= {f"{name}_y_hat": prediction.numpy(), f"{name}_y": target.numpy()}
        answers |= {name: loss.detach().numpy(), f"{name}_grad": point.grad.numpy()}
    return answers


@topic
def initializers(torch: Any) -> Arrays:
    """Standard deviation, largest size and quantiles of the draws for every shape."""
    rules: dict[str, Callable[[Any], Any]] = {
        "glorot_uniform": torch.nn.init.xavier_uniform_,
        "glorot_normal": torch.nn.init.xavier_normal_,
        "he_uniform": lambda w: torch.nn.init.kaiming_uniform_(w, nonlinearity="relu"),
        "he_normal": lambda w: torch.nn.init.kaiming_normal_(w, nonlinearity="relu"),
    }
    torch.manual_seed(SEED)
    answers: Arrays = {}
    for name, draw in rules.items():
        for kind, shape in SHAPES.items():
            # PyTorch keeps matrices as (out, in)
            there = shape[::-1] if kind == "matrix" else shape
            w = draw(torch.empty(*there, dtype=torch.float64)).numpy()
            answers[f"{name}_{kind}"] = np.array(
                [w.std(), np.abs(w).max(), *np.quantile(w, QUANTILES)]
            )
    return answers


def ask(torch: Any) -> Arrays:
    """Return the answers to every topic, as they are kept."""
    return {f"{name}/{key}": a for name, f in TOPICS.items() for key, a in f(torch).items()}


def main() -> None:
    """Ask every topic and write the answers, with the version of torch and the seed."""
    torch: Any = importlib.import_module("torch")
    answers: dict[str, Any] = {
        "torch": np.array(torch.__version__), "seed": np.array(SEED), **ask(torch)
    }  # fmt: skip
    TARGET.parent.mkdir(exist_ok=True)
    np.savez_compressed(TARGET, **answers)
    print(f"{TARGET}: {len(answers)} arrays, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
