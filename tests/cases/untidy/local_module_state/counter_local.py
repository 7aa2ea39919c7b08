STEP = 1
total = 0
seen = []


def add(name):
    global total
    total += STEP
    seen.append(name)
