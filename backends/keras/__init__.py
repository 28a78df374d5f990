"""The losses in Keras: functions, and classes named after them."""

from isoloss.keras.binding import bind as bind
from isoloss.keras.classes import *
from isoloss.keras.criterion import Criterion as Criterion
from isoloss.keras.functions import *
