"""The losses in NumPy: values without gradients, the embedded default."""

from isoloss.numpy.binding import bind as bind
from isoloss.numpy.functions import *
