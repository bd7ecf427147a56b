using Multiprocessing;
using Multiprocessing.Shm;

// A child of ours that is to be a manager's server is this same program, started again.
SharedMemoryManager.RunIfServer(args);

return CommandLine.Run(args);
