"""The losses in PyTorch: functions, and classes named after them."""

from isoloss.torch.binding import bind as bind
from isoloss.torch.classes import *
from isoloss.torch.criterion import Criterion as Criterion
from isoloss.torch.functions import *
