"""What the chapter on convolutional networks claims."""

import numpy as np
import pytest

from snippets.cnn import LeNet, digits_net, lenet5
from snippets.optimizers import SGD, Adam
from tests.gradients import assert_gradients, frozen


def tiny(dtype=np.float64):
    return LeNet((2, 7, 6), [3, 2], 3, [1, 1], [5], 4, np.random.default_rng(0), dtype)


def bars(count, rng):
    """Noisy images of a horizontal (0) or a vertical (1) bar at a random place."""
    labels = rng.integers(0, 2, count)
    x = rng.normal(0, 0.2, (count, 1, 8, 8))
    for image, label, place in zip(x, labels, rng.integers(0, 8, count), strict=True):
        if label:
            image[0, :, place] += 1
        else:
            image[0, place, :] += 1
    return x, labels


def test_gradients_match_central_difference():
    rng = np.random.default_rng(5)
    net = tiny()
    x, labels = rng.normal(size=(3, 2, 7, 6)), rng.integers(0, 4, 3)
    net.params = frozen(*(p + rng.normal(0, 0.1, p.shape) for p in net.params))
    x, labels = frozen(x, labels)
    loss, grads = net.gradients(x, labels)

    def moved(*params):
        other = tiny()
        other.params = list(params)
        return other.gradients(x, labels)[0]

    assert moved(*net.params) == loss
    assert_gradients(moved, net.params, grads)


def test_it_learns_to_tell_bars_apart_wherever_they_stand():
    rng = np.random.default_rng(0)
    net = LeNet((1, 8, 8), [4], 3, [1], [], 2, rng)
    losses = net.fit(*bars(200, rng), Adam(0.01), epochs=8, batch=20, rng=rng)
    x, labels = bars(200, rng)
    assert losses[-1] < losses[0] / 2
    assert (net.predict(x) == labels).mean() > 0.95


def test_fit_visits_every_image_once_an_epoch():
    rng = np.random.default_rng(0)
    net = LeNet((1, 4, 4), [1], 3, [1], [], 2, rng)
    seen = []
    original = net.gradients
    net.gradients = lambda x, labels: seen.extend(x[:, 0, 0, 0]) or original(x, labels)
    x = np.zeros((7, 1, 4, 4))
    x[:, 0, 0, 0] = range(7)
    net.fit(x, np.zeros(7, int), SGD(0.1), epochs=2, batch=3, rng=rng)
    assert sorted(seen[:7]) == sorted(seen[7:]) == list(range(7))


def test_lenet5_has_the_sizes_of_the_paper():
    net = lenet5(np.random.default_rng(0), np.float32)
    assert [len(b) for b in net.params[1::2]] == [6, 16, 120, 84, 10]
    maps = net.feature_maps(np.zeros((1, 1, 28, 28), np.float32))
    assert [m.shape for m in maps] == [(1, 6, 28, 28), (1, 16, 10, 10)]
    assert digits_net(np.random.default_rng(0)).forward(np.zeros((2, 1, 8, 8))).shape == (2, 10)


def test_float32_stays_float32():
    net = tiny(np.float32)
    _, grads = net.gradients(np.ones((2, 2, 7, 6), np.float32), [0, 3])
    assert all(g.dtype == np.float32 for g in grads)
    assert net.forward(np.ones((2, 2, 7, 6), np.float32)).dtype == np.float32


@pytest.mark.parametrize("name", ["forward", "predict", "feature_maps", "gradients"])
def test_wrong_images_are_told_by_the_method_that_was_called(name):
    arguments = [np.zeros((1, 1, 7, 6)), *([[0]] if name == "gradients" else [])]
    with pytest.raises(ValueError, match=f"^LeNet.{name}: x must have shape"):
        getattr(tiny(), name)(*arguments)


def test_a_network_that_does_not_fit_its_images_is_told_of_the_images():
    for side, kernel in ((3, 3), (2, 5), (6, 3)):
        with pytest.raises(ValueError, match=f"^LeNet: image must be .* {kernel} x {kernel} ke"):
            LeNet((1, side, side), [4, 4], kernel, [0, 0], [], 2, np.random.default_rng(0))


def test_bad_input_is_refused_in_words():
    net, rng = tiny(), np.random.default_rng(0)
    with pytest.raises(ValueError, match="x must have shape"):
        net.forward(np.zeros((1, 1, 7, 6)))
    with pytest.raises(ValueError, match=r"must lie in 0 \.\. 3"):
        net.gradients(np.zeros((1, 2, 7, 6)), [4])
    with pytest.raises(ValueError, match="batch must be"):
        net.fit(np.zeros((1, 2, 7, 6)), [0], SGD(0.1), epochs=1, batch=0, rng=rng)
    with pytest.raises(ValueError, match="paddings"):
        LeNet((1, 8, 8), [4], 3, [], [], 2, rng)
    with pytest.raises(TypeError, match="rng"):
        LeNet((1, 8, 8), [4], 3, [1], [], 2, 0)
