# The shortest program that uses a manager: oneshot/Program.cs is the same for .NET.
from multiprocessing.managers import SharedMemoryManager

if __name__ == "__main__":
    with SharedMemoryManager() as manager:
        block = manager.SharedMemory(1)
        block.buf[0] = 1
