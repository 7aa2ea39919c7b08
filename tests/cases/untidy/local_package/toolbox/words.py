def label(text):
    return text.upper()
