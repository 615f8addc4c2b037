"""placeholder"""


def serve():
    pass
