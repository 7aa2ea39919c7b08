"""python -m nb2pkg"""

from nb2pkg.cli.main import main

if __name__ == "__main__":
    main()
