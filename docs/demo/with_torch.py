"""The training in PyTorch: the loss is a criterion."""

from __future__ import annotations

import numpy as np
import torch
from task import DIMENSIONS, HIDDEN, LEARNING_RATE, MOMENTUM, PIXELS, TEMPERATURE, Report, Task, run_as_worker
from torch import nn

import isoloss.torch


def train(task: Task, report: Report) -> tuple[np.ndarray, np.ndarray]:
    """Embeddings of the task's images before and after training."""
    encoder = nn.Sequential(nn.Linear(PIXELS, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, DIMENSIONS))
    with torch.no_grad():
        for parameter, weight in zip(encoder.parameters(), task.weights, strict=True):
            parameter.copy_(torch.from_numpy(weight.T))  # nn.Linear keeps (out, in)
    criterion = isoloss.torch.SimCSELoss(temperature=TEMPERATURE)
    optimizer = torch.optim.SGD(encoder.parameters(), lr=LEARNING_RATE, momentum=MOMENTUM)

    def embeddings() -> np.ndarray:
        with torch.no_grad():
            return encoder(torch.from_numpy(task.images)).numpy()

    before = embeddings()
    for views in torch.from_numpy(task.batches):
        loss = criterion(encoder(views.flatten(0, 1)))  # (N, 2, PIXELS) to rows: 2k and 2k + 1 are views of one image
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        report(loss.item())
    return before, embeddings()


if __name__ == "__main__":
    run_as_worker(train)
