// Attention of a step of decoding: one new token in each of several sequences, against what their caches hold.
#pragma once

#include "kernel-support.h"

namespace stanscope {

// The caches of one step's rows, from input `place` on: each sequence's keys (room, kv heads, d), then each one's values. A cache that slides has less
// room than its sequence has tokens and holds the last of them, each at its position modulo the room.
struct Caches {
  Caches(TF_OpKernelContext* context, int place, int64_t rows);
  int64_t Place(int64_t row, int64_t position) const { return position < room[row] ? position : position % room[row]; }
  int64_t Seen(int64_t row, int64_t position) const { return std::min(position + 1, room[row]); }
  std::vector<float*> keys, values;
  std::vector<int64_t> room;
};

struct Heads {
  int64_t queries, keys, d;
};

// Of each row's position (rows, 1, d), for queries and keys; `sin` has the sign of rotate-half in its first half.
struct Rotations {
  const float *q_cos, *q_sin, *k_cos, *k_sin;
};

// Rotates each row's queries and its new key, writes key and value into the row's cache and attends to what that holds up to the row's position.
// q, k and v: a row every `q_stride` and `kv_stride`. Scores are capped by a `cap` above 0. -> y (rows, queries * d)
void RotaryAttend(const float* q, int64_t q_stride, const float* k, const float* v, int64_t kv_stride, const Rotations& rotations,
                  const Caches& caches, const int32_t* positions, int64_t rows, Heads heads, float cap, float* y);

}  // namespace stanscope
