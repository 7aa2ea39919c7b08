"""Train."""

from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split


def train(X, y, *, test_size: float, seed: int, n_estimators: int):
    """Train."""
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=test_size, random_state=seed
    )
    model = RandomForestClassifier(n_estimators=n_estimators, random_state=seed)
    model.fit(X_train, y_train)
    return X_test, y_test, model
