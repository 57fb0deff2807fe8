"""What the chapter on optimizers claims."""

import numpy as np
import pytest

from snippets.optimizers import SGD, Adam, AdamW, RMSProp, trajectory

MAKERS = {
    "SGD": lambda: SGD(0.1),
    "momentum": lambda: SGD(0.1, momentum=0.9),
    "Nesterov": lambda: SGD(0.1, momentum=0.9, nesterov=True),
    "decay": lambda: SGD(0.1, weight_decay=0.1),
    "RMSProp": lambda: RMSProp(0.1),
    "Adam": lambda: Adam(0.1),
    "AdamW": lambda: AdamW(0.1),
}
CURVATURE = np.array([1.0, 20.0])


def valley(w):
    """Gradient of (w1^2 + 20 w2^2) / 2, a long narrow valley with its minimum at 0."""
    return CURVATURE * w


@pytest.mark.parametrize("name", MAKERS)
def test_step_leaves_its_arguments_alone_and_returns_new_arrays(name):
    optimizer = MAKERS[name]()
    w, g = np.array([1.0, 2.0]), np.array([0.5, -0.5])
    w.flags.writeable = g.flags.writeable = False
    (new,) = optimizer.step([w], [g])
    assert w.tolist() == [1, 2]
    assert g.tolist() == [0.5, -0.5]
    assert not np.shares_memory(new, w)


@pytest.mark.parametrize("name", MAKERS)
def test_two_parameters_are_updated_as_if_alone(name):
    a, b = np.array([1.0]), np.array([[2.0, 3.0]])
    together, first, second = (MAKERS[name]() for _ in range(3))
    for _ in range(3):
        both = together.step([a, b], [2 * a, b])
        assert first.step([a], [2 * a])[0] == pytest.approx(both[0], abs=0)
        assert second.step([b], [b])[0] == pytest.approx(both[1], abs=0)
        a, b = both


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", MAKERS)
def test_dtype_is_kept(name, dtype):
    optimizer = MAKERS[name]()
    for _ in range(2):
        (w,) = optimizer.step([np.ones(3, dtype)], [np.ones(3, dtype)])
        assert w.dtype == dtype


@pytest.mark.parametrize("name", ["SGD", "momentum", "Nesterov", "RMSProp", "Adam"])
def test_learning_rate_zero_moves_nothing(name):
    optimizer = MAKERS[name]()
    optimizer.lr = 0.0
    assert optimizer.step([np.array([1.0])], [np.array([5.0])])[0] == 1


def test_momentum_steps_grow_to_one_over_one_minus_mu():
    path = trajectory(SGD(1.0, momentum=0.9), lambda w: np.array([-1.0]), [0.0], 200)
    steps = np.diff(path[:, 0])
    assert steps[0] == 1
    assert steps[-1] == pytest.approx(1 / (1 - 0.9))


def test_nesterov_overshoots_less_than_momentum():
    plain = trajectory(SGD(0.02, momentum=0.9), valley, [1.0, 1.0], 100)
    nesterov = trajectory(SGD(0.02, momentum=0.9, nesterov=True), valley, [1.0, 1.0], 100)
    assert -nesterov[:, 1].min() < -plain[:, 1].min()


def test_momentum_crosses_a_valley_faster_than_sgd():
    lr = 1.9 / CURVATURE.max()  # just below the limit of plain gradient descent
    plain = trajectory(SGD(lr / 2), valley, [1.0, 1.0], 60)
    heavy = trajectory(SGD(lr / 2, momentum=0.6), valley, [1.0, 1.0], 60)
    assert np.linalg.norm(heavy[-1]) < np.linalg.norm(plain[-1]) / 10


@pytest.mark.parametrize("make", [RMSProp, Adam])
def test_adaptive_steps_do_not_depend_on_the_scale_of_the_gradient(make):
    w = [np.array([1.0, 1.0])]
    optimizer = make(0.01)
    for t in range(5):
        w = optimizer.step(w, [np.array([1e-3, 1e3]) * (1 + t)])
    assert w[0][0] == pytest.approx(w[0][1], rel=1e-4)


def test_adam_first_step_is_the_learning_rate():
    (w,) = Adam(0.01).step([np.zeros(3)], [np.array([1e-3, -5.0, 1e4])])
    assert w == pytest.approx([-0.01, 0.01, -0.01], rel=1e-4)


def test_sgd_weight_decay_is_the_gradient_of_an_l2_penalty():
    w, g = np.array([1.0, -2.0]), np.array([0.3, 0.3])
    decayed = SGD(0.1, weight_decay=0.5).step([w], [g])[0]
    penalised = SGD(0.1).step([w], [g + 0.5 * w])[0]
    assert decayed == pytest.approx(penalised, abs=1e-16)


def test_adamw_shrinks_every_weight_alike_where_adam_with_an_l2_penalty_does_not():
    w = np.array([1.0, 1.0])
    g = np.array([1e-6, 1e3])  # a quiet and a loud weight
    moved = AdamW(0.1, weight_decay=0.5).step([w], [g])[0] - Adam(0.1).step([w], [g])[0]
    assert moved == pytest.approx([-0.05, -0.05], rel=1e-6)
    penalised = Adam(0.1).step([w], [g + 0.5 * w])[0] - Adam(0.1).step([w], [g])[0]
    assert np.abs(penalised).max() < 0.002


def test_trajectory_holds_the_start_and_every_point():
    path = trajectory(Adam(0.1), valley, [1.0, 1.0], 300)
    assert path.shape == (301, 2)
    assert path[0].tolist() == [1, 1]
    assert np.linalg.norm(path[-1]) < 1e-3


def test_wrong_arguments_are_named():
    w = [np.zeros(2)]
    with pytest.raises(TypeError, match=r"SGD.step: params must be a list of arrays"):
        SGD(0.1).step(np.zeros(2), w)
    with pytest.raises(ValueError, match=r"Adam.step: grads\[0\] must have shape \(2,\)"):
        Adam(0.1).step(w, [np.zeros(3)])
    with pytest.raises(ValueError, match=r"RMSProp.step: grads must hold 1 arrays, got 2"):
        RMSProp(0.1).step(w, [np.zeros(2)] * 2)
    with pytest.raises(ValueError, match="SGD: nesterov needs momentum > 0"):
        SGD(0.1, nesterov=True)
    optimizer = SGD(0.1)
    optimizer.step(w, w)
    with pytest.raises(ValueError, match="params must keep the shapes of the first step"):
        optimizer.step([np.zeros(3)], [np.zeros(3)])
