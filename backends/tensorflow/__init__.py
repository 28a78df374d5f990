"""The losses in TensorFlow."""

from isoloss.tensorflow.binding import bind as bind
from isoloss.tensorflow.functions import *
