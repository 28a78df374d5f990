"""A training loop in PyTorch, in which 45 % of the labels are wrong: `python docs/examples/pytorch_loop.py`

Cross-entropy learns wrong labels by heart. Generalised cross-entropy, which PyTorch lacks, does so much less.
"""

from __future__ import annotations

import sys

import torch
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import isoloss.torch

TRAINING, WRONG, EPOCHS = 1200, 0.45, 60


def digits() -> tuple[torch.Tensor, torch.Tensor]:
    """The images of scikit-learn's digits, and their labels."""
    images, labels = load_digits(return_X_y=True)
    order = torch.randperm(len(images))
    return torch.tensor(images / 16, dtype=torch.float32)[order], torch.tensor(labels)[order]


def train(criterion: nn.Module, loader: DataLoader) -> nn.Module:
    """A classifier trained with a criterion."""
    model = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    for _ in range(EPOCHS):
        for images, labels in loader:
            optimizer.zero_grad()
            criterion(model(images), labels).backward()
            optimizer.step()
    return model


def main() -> int:
    """Train with both; the exit status is 1 unless the generalised loss is better by five points."""
    torch.manual_seed(0)
    images, labels = digits()
    wrong = torch.rand(TRAINING) < WRONG
    learned = torch.where(wrong, (labels[:TRAINING] + torch.randint(1, 10, (TRAINING,))) % 10, labels[:TRAINING])
    loader = DataLoader(TensorDataset(images[:TRAINING], learned), batch_size=100, shuffle=True)
    criteria = {
        "cross-entropy": nn.CrossEntropyLoss(),
        "generalised cross-entropy": isoloss.torch.GeneralizedCrossEntropyLoss(q=0.7),
    }
    accuracies = []
    print(f"Digits with {wrong.float().mean():.0%} of the training labels wrong; accuracy on held-out digits")
    for name, criterion in criteria.items():
        predicted = train(criterion, loader)(images[TRAINING:]).argmax(dim=1)
        accuracies.append((predicted == labels[TRAINING:]).float().mean().item())
        print(f"  {name:25}  {accuracies[-1]:.1%}")
    return 0 if accuracies[1] > accuracies[0] + 0.05 else 1


if __name__ == "__main__":
    sys.exit(main())
