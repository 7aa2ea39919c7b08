"""Evaluate."""

import matplotlib.pyplot as plt
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, roc_auc_score


def evaluate(X_test, y_test, model: RandomForestClassifier) -> dict:
    """Evaluate.

    An AUC under 0.7 is not worth a campaign.
    """
    proba = model.predict_proba(X_test)[:, 1]
    metrics = {
        "accuracy": accuracy_score(y_test, proba > 0.5),
        "auc": roc_auc_score(y_test, proba),
    }
    print(metrics)

    _fig, ax = plt.subplots()
    ax.hist(proba, bins=20)
    ax.set_title(f"AUC {metrics['auc']:.2f}")
    plt.show()
    return metrics
