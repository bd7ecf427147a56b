// The shortest program that uses a manager: oneshot.py is the same for Python.
using Multiprocessing;

using var manager = SharedMemoryManager.Start();
using SharedMemory block = manager.CreateBlock(1);
block.Span[0] = 1;
