prepared = [1, 2, 3]
label = 'from the script'
