from .words import label
