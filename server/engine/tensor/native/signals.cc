#include <csignal>
#include <initializer_list>

namespace stanscope {
namespace {

// oneDNN's generated matrix products point the stack register into a workspace on the heap, so a signal handler that interrupts one
// writes over whatever lies below. Signals to the process are therefore left to Node's own helper threads, from which its handler
// wakes the event loop just as well: the thread that loads this library holds them back, and with it all threads that TensorFlow
// and the kernels start later.
struct SignalPolicy {
  SignalPolicy() {
    sigset_t held;
    sigfillset(&held);
    // What a thread brings on itself, what the profiler sends to this thread, and what Node's inspector waits for.
    for (int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF, SIGUSR1}) sigdelset(&held, own);
    pthread_sigmask(SIG_BLOCK, &held, nullptr);
  }
};

const SignalPolicy policy;

}  // namespace
}  // namespace stanscope
