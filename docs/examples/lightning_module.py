"""A Lightning module that learns from images without labels: `python docs/examples/lightning_module.py`

VICReg makes two noisy views of a digit agree, and keeps the features of its embedding apart.
"""

from __future__ import annotations

import sys

import lightning
import torch
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier
from torch import nn
from torch.utils.data import DataLoader

import isoloss.torch

TRAINING = 1200


class Encoder(lightning.LightningModule):
    """Two dense layers, trained by VICReg."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 16))
        self.criterion = isoloss.torch.VICRegLoss()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.layers(images)

    def loss(self, images: torch.Tensor) -> torch.Tensor:
        """VICReg of two noisy views of the images."""
        views = (images + 0.3 * torch.randn_like(images) for _ in range(2))
        return self.criterion(*map(self, views))

    def training_step(self, images: torch.Tensor, batch_index: int) -> torch.Tensor:
        return self.loss(images)

    def validation_step(self, images: torch.Tensor, batch_index: int) -> None:
        self.log("validation_loss", self.loss(images))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.parameters(), lr=3e-3)


def accuracy(encoder: Encoder, images: torch.Tensor, labels: torch.Tensor) -> float:
    """Share of noisy held-out images whose nearest training image has their label."""
    noisy = images[TRAINING:] + 0.3 * torch.randn_like(images[TRAINING:])
    with torch.no_grad():
        known, asked = encoder(images[:TRAINING]), encoder(noisy)
    return KNeighborsClassifier(n_neighbors=1).fit(known, labels[:TRAINING]).score(asked, labels[TRAINING:])


def main() -> int:
    """Train; the exit status is 1 unless the validation loss falls and held-out digits are recognised more often."""
    lightning.seed_everything(0, verbose=False)
    digits = load_digits()
    images, labels = torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(digits.target)
    training = DataLoader(images[:TRAINING], batch_size=100, shuffle=True)
    validation = DataLoader(images[TRAINING:], batch_size=100, drop_last=True)
    encoder = Encoder()
    trainer = lightning.Trainer(
        max_epochs=10,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    untrained = accuracy(encoder, images, labels), trainer.validate(encoder, validation, verbose=False)[0]
    trainer.fit(encoder, training, validation)
    trained = accuracy(encoder, images, labels), trainer.validate(encoder, validation, verbose=False)[0]
    print("Validation loss; noisy held-out digits next to one of their kind")
    for when, (share, metrics) in (("before", untrained), ("after", trained)):
        print(f"  {when:6}  {metrics['validation_loss']:5.2f}  {share:.1%}")
    return 0 if trained[1]["validation_loss"] < untrained[1]["validation_loss"] and trained[0] > untrained[0] else 1


if __name__ == "__main__":
    sys.exit(main())
