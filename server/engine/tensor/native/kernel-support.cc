#include "kernel-support.h"

#include <pthread.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"

namespace stanscope {
namespace {

inline void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

// How long helpers wait awake for another job. Our choice: after most jobs as long as it takes to lay out the next part of the same op; after
// a job of a step of decoding until the step's next op, which comes within some 30 microseconds.
constexpr std::chrono::microseconds kAwake(20), kAwakeInStep(150);

// Helpers that take numbered parts of a job from one counter, so that a helper who wakes late costs nothing: the caller
// has done its parts by then. Between ops that follow closely they wait awake, since waking costs as long as a small op.
class Pool {
 public:
  Pool() {
    const char* wanted = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int found = wanted != nullptr ? std::atoi(wanted) : static_cast<int>(std::thread::hardware_concurrency());
    size_ = std::clamp(found, 1, kMostThreads);
    for (int i = 1; i < size_; i++) {
      std::thread helper([this] { Serve(); });
#if defined(__linux__)
      pthread_setname_np(helper.native_handle(), "kernel-helper");
#endif
      helper.detach();
    }
  }

  int size() const { return size_; }

  void Run(uint32_t parts, std::chrono::microseconds awake, const std::function<void(uint32_t)>& work) {
    // Closed while the job is laid out: a helper that still holds the last job's ticket must not take a part of this one by it.
    const uint64_t job = (ticket_.load(std::memory_order_relaxed) >> 32) + 1;
    ticket_.store(((job - 1) << 32) | kClosed);
    work_.store(&work, std::memory_order_release);
    parts_.store(parts, std::memory_order_release);
    done_.store(0, std::memory_order_relaxed);
    awake_.store(awake, std::memory_order_relaxed);
    ticket_.store(job << 32);
    const int wanted = std::min<int>(asleep_.load(), static_cast<int>(parts) - 1);
    if (wanted > 0) {
      { std::lock_guard<std::mutex> lock(mutex_); }
      for (int i = 0; i < wanted; i++) wake_.notify_one();
    }
    while (TakePart()) {
    }
    for (int turns = 0; done_.load(std::memory_order_acquire) < parts; turns++) {
      if (turns < 10000) Pause();
      else std::this_thread::yield();
    }
  }

 private:
  // Does one part of the present job; false when none is left. The ticket holds the job's number above the next part's,
  // so a part can be taken of the job that was looked at and of no later one.
  bool TakePart() {
    uint64_t ticket = ticket_.load(std::memory_order_acquire);
    for (;;) {
      const uint32_t part = static_cast<uint32_t>(ticket);
      const auto* work = work_.load(std::memory_order_acquire);
      if (part == kClosed || part >= parts_.load(std::memory_order_acquire)) return false;
      if (!ticket_.compare_exchange_weak(ticket, ticket + 1, std::memory_order_acq_rel)) continue;
      (*work)(part);
      done_.fetch_add(1, std::memory_order_release);
      return true;
    }
  }

  // Returns when there is another job than `seen`, or when it is time to sleep: at the latest when other work took this core in between, since it may
  // want the core again.
  void WaitAwake(uint64_t seen) {
    using Clock = std::chrono::steady_clock;
    constexpr std::chrono::microseconds kTaken(50);
    const Clock::time_point start = Clock::now();
    for (Clock::time_point last = start, now = start;; last = now) {
      for (int turns = 0; turns < 16; turns++) {
        if (ticket_.load(std::memory_order_relaxed) >> 32 != seen) return;
        Pause();
      }
      now = Clock::now();
      if (now - start > awake_.load(std::memory_order_relaxed) || now - last > kTaken) return;
    }
  }

  void Serve() {
    uint64_t seen = 0;
    for (;;) {
      WaitAwake(seen);
      if (ticket_.load() >> 32 == seen) {
        std::unique_lock<std::mutex> lock(mutex_);
        asleep_.fetch_add(1);
        wake_.wait(lock, [&] { return ticket_.load() >> 32 != seen; });
        asleep_.fetch_sub(1);
      }
      seen = ticket_.load() >> 32;
      while (TakePart()) {
      }
    }
  }

  static constexpr int kMostThreads = 16;  // what these kernels wait for is memory, which fewer cores can saturate
  static constexpr uint32_t kClosed = 0xffffffff;
  int size_ = 1;
  std::atomic<uint64_t> ticket_{0};
  std::atomic<const std::function<void(uint32_t)>*> work_{nullptr};
  std::atomic<uint32_t> parts_{0};
  std::atomic<uint32_t> done_{0};
  std::atomic<int> asleep_{0};
  std::atomic<std::chrono::microseconds> awake_{kAwake};
  std::mutex mutex_;
  std::condition_variable wake_;
};

void* Output(TF_OpKernelContext* context, int place, TF_DataType type, const Shape& shape, size_t item_bytes) {
  size_t bytes = item_bytes;
  for (int64_t length : shape) bytes *= length;
  TF_Status* status = TF_NewStatus();
  TF_Tensor* tensor = TF_AllocateOutput(context, place, type, shape.data(), static_cast<int>(shape.size()), bytes, status);
  TF_DeleteStatus(status);
  void* data = TF_TensorData(tensor);
  TF_DeleteTensor(tensor);  // the op's context holds it
  return data;
}

}  // namespace

Input::Input(TF_OpKernelContext* context, int place) {
  TF_Status* status = TF_NewStatus();
  TF_GetInput(context, place, &tensor_, status);
  TF_DeleteStatus(status);
}

Shape Input::shape() const {
  Shape shape(TF_NumDims(tensor_));
  for (size_t axis = 0; axis < shape.size(); axis++) shape[axis] = dim(static_cast<int>(axis));
  return shape;
}

float* FloatOutput(TF_OpKernelContext* context, int place, const Shape& shape) {
  return static_cast<float*>(Output(context, place, TF_FLOAT, shape, sizeof(float)));
}

int32_t* IntOutput(TF_OpKernelContext* context, int place, const Shape& shape) {
  return static_cast<int32_t*>(Output(context, place, TF_INT32, shape, sizeof(int32_t)));
}

static Pool* ThePool() {
  static Pool* const pool = new Pool;
  return pool;
}

int64_t NumThreads() { return ThePool()->size(); }

static void SplitAwake(int64_t items, int64_t grain, std::chrono::microseconds awake, const std::function<void(int64_t, int64_t)>& work) {
  Pool* const pool = ThePool();
  const int64_t parts = std::min<int64_t>(items / std::max<int64_t>(1, grain), 4 * pool->size());
  if (parts <= 1 || pool->size() == 1) {
    if (items > 0) work(0, items);
    return;
  }
  pool->Run(static_cast<uint32_t>(parts), awake, [&](uint32_t part) { work(items * part / parts, items * (part + 1) / parts); });
}

void Split(int64_t items, int64_t grain, const std::function<void(int64_t, int64_t)>& work) { SplitAwake(items, grain, kAwake, work); }

void SplitInStep(int64_t items, int64_t grain, const std::function<void(int64_t, int64_t)>& work) {
  SplitAwake(items, grain, kAwakeInStep, work);
}

Register::Register(const char* name, const std::vector<const char*>& inputs, const std::vector<const char*>& outputs,
                   Compute compute, const std::vector<const char*>& attributes) {
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  for (const char* attribute : attributes) TF_OpDefinitionBuilderAddAttr(op, attribute);
  for (const char* input : inputs) TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : outputs) TF_OpDefinitionBuilderAddOutput(op, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(
      op, [](TF_ShapeInferenceContext* context, TF_Status* status) { TF_ShapeInferenceContextSetUnknownShape(context, status); });
  TF_Status* status = TF_NewStatus();
  TF_RegisterOpDefinition(op, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr), status);
  }
  if (TF_GetCode(status) != TF_OK) std::fprintf(stderr, "%s: %s\n", name, TF_Message(status));
  TF_DeleteStatus(status);
}

}  // namespace stanscope
