// Attention that never holds its weights, tokens × tokens, as a whole: tile by tile with the online softmax of
// FlashAttention-2 (Dao 2023). Forward keeps of each query's softmax the largest score and one over the sum, two numbers where
// one logarithm would cost the weights digits; backward computes the weights again from them.
#include "flash-tiles.h"

#include <memory>

#include "kernel-support.h"
#include "rows.h"

namespace stanscope {
namespace {

// How many key heads are laid out at a time: blocks of more than two megabytes would come as new pages from the system, but each thread is to have
// two tasks.
int64_t BatchSize(const FlashShape& shape, int64_t floats_each, int64_t tasks_each) {
  constexpr int64_t kFloats = 1 << 18;
  const int64_t fits = kFloats / std::max<int64_t>(1, floats_each), busy = (2 * NumThreads() + tasks_each - 1) / tasks_each;
  return std::min(std::max(fits, busy), shape.rows * shape.kv_heads);
}

// Calls work(from, to) on batches of all rows' key heads.
void InBatches(const FlashShape& shape, int64_t size, const std::function<void(int64_t, int64_t)>& work) {
  const int64_t items = shape.rows * shape.kv_heads;
  for (int64_t from = 0; from < items; from += size) work(from, std::min(items, from + size));
}

std::unique_ptr<float[]> Floats(int64_t count) { return std::unique_ptr<float[]>(new float[count]); }

// The scores of a block of queries against a span of a tile's keys, -inf where a query does not see a key.
void Scores(const FlashShape& shape, const QueryTile& tile, int64_t block, const Span& span, const float* q, const float* turned_keys,
            float* scores) {
  Product(q + block * shape.wide, shape.wide, 1, turned_keys + span.from, kTile, shape.d, scores + span.from, kTile, span.lanes, false);
  for (int64_t r = 0; r < kBlockRows; r++) {
    float* row = scores + r * kTile;
    if (shape.cap > 0.f) SoftCapRow(row + span.from, shape.cap, span.lanes * kLanes, row + span.from);
    const int64_t end = span.from + span.lanes * kLanes;
    const int64_t first = std::clamp(tile.first[block + r] - span.key, span.from, end);
    const int64_t last = std::clamp(tile.end[block + r] - span.key, first, end);
    std::fill(row + span.from, row + first, -INFINITY);
    std::fill(row + last, row + end, -INFINITY);
  }
}

inline Lanes NoneWhereHidden(Lanes scores, Lanes values) { return scores == Splat(-INFINITY) ? Lanes{} : values; }

// One tile of queries of one head: what its online softmax has come to.
struct Mixture {
  explicit Mixture(int64_t wide) : values(kTile * wide, 0.f) { std::fill(top, top + kTile, -INFINITY); }
  std::vector<float> values;
  float top[kTile], sum[kTile] = {};
};

// Scores of one query become weights in place; what was added before is brought to the new largest score.
inline void Weigh(float* scores, const Span& span, int64_t wide, float* values, float* top, float* sum) {
  const float* from = scores + span.from;
  Lanes largest = Load(from);
  for (int64_t l = 1; l < span.lanes; l++) largest = Larger(largest, Load(from + l * kLanes));
  const float next = std::max(*top, LargestOf(largest));
  if (next != *top) {
    const float share = Exp(*top - next);
    *sum *= share;
    for (int64_t i = 0; i < wide; i += kLanes) Store(values + i, Load(values + i) * share);
    *top = next;
  }
  Lanes total = {};
  for (int64_t l = 0; l < span.lanes; l++) {
    const Lanes score = Load(from + l * kLanes), weight = NoneWhereHidden(score, ExpLanes(score - next));
    total += weight;
    Store(scores + span.from + l * kLanes, weight);
  }
  *sum += Sum(total);
}

inline float ShareOf(float sum) { return sum == 0.f ? 0.f : 1.f / sum; }

// Where a query sees the keys of one tile alone, as in short rows, its weights are made to sum to 1 first, as a plain softmax does.
inline void Normalise(float* weights, const Span& span, float sum) {
  const float share = ShareOf(sum);
  for (int64_t i = span.from; i < span.from + span.lanes * kLanes; i += kLanes) Store(weights + i, Load(weights + i) * share);
}

// Attention of one tile of queries of one head; turned keys and values of its key head.
void MixTile(const FlashShape& shape, const QueryTile& tile, int64_t row, int64_t head, const float* q, const float* turned_keys,
             const float* values, float* mixed, float* softmaxes) {
  const int64_t wide = shape.wide, d = shape.d;
  std::vector<float> queries(kTile * wide), scores(kTile * kTile);
  LayQueries(shape, tile, q + row * shape.queries * shape.heads * d + head * d, queries.data());
  Mixture mixture(wide);
  const bool is_one_tile = tile.highest <= tile.lowest / kTile * kTile + kTile;
  for (int64_t key = tile.lowest / kTile * kTile; key < tile.highest; key += kTile) {
    for (int64_t block = 0; block < tile.count; block += kBlockRows) {
      const Span span = tile.SpanOf(block, key);
      if (span.lanes == 0) continue;
      float* of_block = scores.data() + block * kTile;
      Scores(shape, tile, block, span, queries.data(), turned_keys + key * wide, of_block);
      for (int64_t r = 0; r < kBlockRows; r++) {
        const int64_t i = block + r;
        Weigh(of_block + r * kTile, span, wide, mixture.values.data() + i * wide, mixture.top + i, mixture.sum + i);
        if (is_one_tile) Normalise(of_block + r * kTile, span, mixture.sum[i]);
      }
      Product(of_block + span.from, kTile, 1, values + (key + span.from) * wide, wide, span.end - span.from,
              mixture.values.data() + block * wide, wide, wide / kLanes, true);
    }
  }
  for (int64_t i = 0; i < tile.count; i++) {
    const float share = ShareOf(mixture.sum[i]), rest = is_one_tile ? 1.f : share;
    float* y = mixed + ((row * shape.queries + tile.from + i) * shape.heads + head) * d;
    for (int64_t c = 0; c < d; c++) y[c] = mixture.values[i * wide + c] * rest;
    float* own = softmaxes + ((row * shape.heads + head) * shape.queries + tile.from + i) * 2;
    own[0] = mixture.top[i];
    own[1] = share;
  }
}

// q (rows, queries, heads, d), k, v (rows, tokens, kv heads, d), bounds (rows or 1, queries, 2), scale and cap (2)
// -> mixed as q, and of each query's softmax the largest score and one over the sum (rows, heads, queries, 2)
void FlashAttention(void*, TF_OpKernelContext* context) {
  Input query(context, 0), key(context, 1), value(context, 2), bounds(context, 3), factors(context, 4);
  const FlashShape shape(query, key, factors);
  float* mixed = FloatOutput(context, 0, query.shape());
  float* softmaxes = FloatOutput(context, 1, {shape.rows, shape.heads, shape.queries, 2});
  const QueryTiles tiles(shape, bounds);
  const int64_t floats = shape.room * shape.wide, group = shape.heads / shape.kv_heads, count = tiles.count();
  const int64_t size = BatchSize(shape, 2 * floats, group * count);
  const auto turned = Floats(size * floats), natural = Floats(size * floats);
  InBatches(shape, size, [&](int64_t from, int64_t to) {
    Split((to - from) * (shape.room / kTile), 2, [&](int64_t begin, int64_t end) {
      LayKeys(shape, key.data(), from, begin, end, nullptr, turned.get());
      LayKeys(shape, value.data(), from, begin, end, natural.get(), nullptr);
    });
    Split((to - from) * group * count, 1, [&](int64_t begin, int64_t end) {
      for (int64_t task = begin; task < end; task++) {
        const int64_t item = task / (group * count), row = (from + item) / shape.kv_heads;
        const int64_t head = (from + item) % shape.kv_heads * group + task / count % group;
        MixTile(shape, tiles.at(row, task % count), row, head, query.data(), turned.get() + item * floats, natural.get() + item * floats,
                mixed, softmaxes);
      }
    });
  });
}

// What one head's backward pass reads, laid out, and the gradients that it makes.
struct HeadPass {
  const float *keys, *turned_keys, *turned_values;
  const float* softmaxes;
  float *d_keys, *d_values;
  std::vector<float> queries, d_mixed, d_queries, inner;  // inner: each query's d_mixed . mixed
};

enum Needs { kQuery = 1, kKey = 2, kValue = 4 };

// A block of queries against a span of keys: weights, and where they are needed the gradients by the scores. Those of a query sum to 0; one that
// sees a single key must give exactly 0, which the means of its own tile's gradients do, and d_mixed . mixed does not: Adam makes steps of noise.
void BlockGradients(const FlashShape& shape, const QueryTile& tile, int64_t block, const Span& span, const HeadPass& head, int64_t needs,
                    float* weights, float* d_scores) {
  const int64_t wide = shape.wide, query = tile.from;
  const bool needs_scores = (needs & (kQuery | kKey)) != 0;
  std::fill(weights, weights + kBlockRows * kTile, 0.f);
  if (needs_scores) std::fill(d_scores, d_scores + kBlockRows * kTile, 0.f);
  if (span.lanes == 0) return;
  Scores(shape, tile, block, span, head.queries.data() + query * wide, head.turned_keys + span.key * wide, weights);
  if (needs_scores) {
    Product(head.d_mixed.data() + (query + block) * wide, wide, 1, head.turned_values + span.key * wide + span.from, kTile, shape.d,
            d_scores + span.from, kTile, span.lanes, false);
  }
  const float inverse = shape.cap > 0.f ? 1.f / shape.cap : 0.f;
  Lanes slopes[kTile / kLanes];
  for (int64_t r = 0; r < kBlockRows && block + r < tile.count; r++) {
    const int64_t at = query + block + r;
    const float top = head.softmaxes[2 * at], share = head.softmaxes[2 * at + 1];
    float *own = weights + r * kTile + span.from, *d_own = d_scores + r * kTile + span.from;
    Lanes total = {};
    for (int64_t l = 0; l < span.lanes; l++) {
      const Lanes score = Load(own + l * kLanes), weight = NoneWhereHidden(score, ExpLanes(score - top) * share), bent = score * inverse;
      Store(own + l * kLanes, weight);
      if (!needs_scores) continue;
      const Lanes d_weight = NoneWhereHidden(score, Load(d_own + l * kLanes));
      Store(d_own + l * kLanes, d_weight);
      total += weight * d_weight;
      slopes[l] = NoneWhereHidden(score, weight * (1.f - bent * bent));
    }
    if (!needs_scores) continue;
    const float mean = tile.SeesOneTile(block + r) ? Sum(total) : head.inner[at];
    for (int64_t l = 0; l < span.lanes; l++) Store(d_own + l * kLanes, slopes[l] * (Load(d_own + l * kLanes) - mean));
  }
  // Queries past the last have no score that counts.
  for (int64_t r = std::max<int64_t>(0, tile.count - block); r < kBlockRows; r++) {
    std::fill(weights + r * kTile, weights + (r + 1) * kTile, 0.f);
    if (needs_scores) std::fill(d_scores + r * kTile, d_scores + (r + 1) * kTile, 0.f);
  }
}

// gradients (kTile keys) += what the queries of a tile give them: left (queries, kTile)^T right (queries, wide)
void AddByKey(const QueryTile& tile, int64_t key, int64_t keys, const float* left, const float* right, int64_t wide, float* gradients) {
  for (int64_t c = 0; c < keys; c += kBlockRows) {
    int64_t from = tile.count, to = 0;
    for (int64_t block = 0; block < tile.count; block += kBlockRows) {
      const Span span = tile.SpanOf(block, key);
      if (span.lanes == 0 || span.end <= c || span.from >= c + kBlockRows) continue;
      from = std::min(from, block);
      to = std::min(tile.count, block + kBlockRows);
    }
    if (from >= to) continue;
    Product(left + from * kTile + c, 1, kTile, right + from * wide, wide, to - from, gradients + c * wide, wide, wide / kLanes, true);
  }
}

void HeadGradients(const FlashShape& shape, const QueryTile* tiles, int64_t count, HeadPass& head, int64_t needs) {
  const int64_t wide = shape.wide;
  std::vector<float> weights(kTile * kTile), d_scores(kTile * kTile);
  for (int64_t key = 0; key < shape.room; key += kTile) {
    const int64_t keys = std::min(kTile, shape.tokens - key);
    if (needs & kKey) std::fill_n(head.d_keys + key * wide, kTile * wide, 0.f);
    if (needs & kValue) std::fill_n(head.d_values + key * wide, kTile * wide, 0.f);
    for (const QueryTile* tile = tiles; tile < tiles + count; tile++) {
      if (tile->highest <= key || tile->lowest >= key + kTile) continue;
      for (int64_t block = 0; block < tile->count; block += kBlockRows) {
        const Span span = tile->SpanOf(block, key);
        float *of_weights = weights.data() + block * kTile, *of_scores = d_scores.data() + block * kTile;
        BlockGradients(shape, *tile, block, span, head, needs, of_weights, of_scores);
        if (span.lanes == 0 || !(needs & kQuery)) continue;
        Product(of_scores + span.from, kTile, 1, head.keys + (key + span.from) * wide, wide, span.end - span.from,
                head.d_queries.data() + (tile->from + block) * wide, wide, wide / kLanes, true);
      }
      if (needs & kKey) AddByKey(*tile, key, keys, d_scores.data(), head.queries.data() + tile->from * wide, wide, head.d_keys + key * wide);
      if (needs & kValue) AddByKey(*tile, key, keys, weights.data(), head.d_mixed.data() + tile->from * wide, wide, head.d_values + key * wide);
    }
  }
}

// The gradients of one query head in `head`, laid out as the products want them.
void ComputeHead(const FlashShape& shape, const QueryTile* tiles, int64_t count, int64_t row, int64_t place, const float* q,
                 const float* mixed, const float* d_mixed, int64_t needs, HeadPass& head, float* d_query) {
  const int64_t wide = shape.wide, d = shape.d, stride = shape.heads * d, offset = row * shape.queries * stride + place * d;
  const int64_t room = count * kTile;
  head.queries.assign(room * wide, 0.f);
  head.d_mixed.assign(room * wide, 0.f);
  head.inner.assign(room, 0.f);
  if (needs & kQuery) head.d_queries.assign(room * wide, 0.f);
  for (int64_t t = 0; t < count; t++) LayQueries(shape, tiles[t], q + offset, head.queries.data() + tiles[t].from * wide);
  for (int64_t i = 0; i < shape.queries; i++) {
    const float* dy = d_mixed + offset + i * stride;
    std::copy_n(dy, d, head.d_mixed.data() + i * wide);
    head.inner[i] = Dot(dy, mixed + offset + i * stride, d);
  }
  HeadGradients(shape, tiles, count, head, needs);
  if (!(needs & kQuery)) return;
  for (int64_t t = 0; t < count; t++) {
    for (int64_t i = 0; i < tiles[t].count; i++) {
      const int64_t query = tiles[t].from + i;
      const float *from = head.d_queries.data() + query * wide, scale = tiles[t].scale[i];
      for (int64_t c = 0; c < d; c++) d_query[offset + query * stride + c] = from[c] * scale;
    }
  }
}

// y (rows, tokens, kv heads, d) of one key head = the sum of what its query heads gave, (group, room, wide), in their order
void SumGroup(const FlashShape& shape, const float* parts, int64_t group, int64_t item, float* y) {
  const int64_t row = item / shape.kv_heads, head = item % shape.kv_heads, floats = shape.room * shape.wide;
  for (int64_t token = 0; token < shape.tokens; token++) {
    float* out = y + ((row * shape.tokens + token) * shape.kv_heads + head) * shape.d;
    std::copy_n(parts + token * shape.wide, shape.d, out);
    for (int64_t g = 1; g < group; g++) {
      const float* part = parts + g * floats + token * shape.wide;
      for (int64_t c = 0; c < shape.d; c++) out[c] += part[c];
    }
  }
}

// What FlashAttention took and gave, the gradient by mixed, and which gradients are needed (1 query + 2 key + 4 value)
// -> the gradients by q, k and v; empty where not needed
void FlashAttentionGrad(void*, TF_OpKernelContext* context) {
  Input query(context, 0), key(context, 1), value(context, 2), bounds(context, 3), factors(context, 4);
  Input mixed(context, 5), softmaxes(context, 6), gradient(context, 7), wanted(context, 8);
  const FlashShape shape(query, key, factors);
  const int64_t needs = *wanted.data<int32_t>();
  const auto output = [&](int place, Needs need, const Input& like) { return FloatOutput(context, place, needs & need ? like.shape() : Shape{0}); };
  float *dq = output(0, kQuery, query), *dk = output(1, kKey, key), *dv = output(2, kValue, value);
  const QueryTiles tiles(shape, bounds);
  const int64_t floats = shape.room * shape.wide, group = shape.heads / shape.kv_heads;
  const int64_t size = BatchSize(shape, (3 + 2 * group) * floats, group);
  const auto keys = Floats(size * floats), turned_keys = Floats(size * floats), turned_values = Floats(size * floats);
  const auto d_keys = Floats(size * group * floats), d_values = Floats(size * group * floats);
  InBatches(shape, size, [&](int64_t from, int64_t to) {
    Split((to - from) * (shape.room / kTile), 2, [&](int64_t begin, int64_t end) {
      LayKeys(shape, key.data(), from, begin, end, keys.get(), turned_keys.get());
      LayKeys(shape, value.data(), from, begin, end, nullptr, turned_values.get());
    });
    Split((to - from) * group, 1, [&](int64_t begin, int64_t end) {
      HeadPass head = {};
      for (int64_t task = begin; task < end; task++) {
        const int64_t item = task / group, row = (from + item) / shape.kv_heads;
        const int64_t place = (from + item) % shape.kv_heads * group + task % group;
        head.keys = keys.get() + item * floats;
        head.turned_keys = turned_keys.get() + item * floats;
        head.turned_values = turned_values.get() + item * floats;
        head.softmaxes = softmaxes.data() + (row * shape.heads + place) * shape.queries * 2;
        head.d_keys = d_keys.get() + task * floats;
        head.d_values = d_values.get() + task * floats;
        ComputeHead(shape, &tiles.at(row, 0), tiles.count(), row, place, query.data(), mixed.data(), gradient.data(), needs, head, dq);
      }
    });
    Split(to - from, 1, [&](int64_t begin, int64_t end) {
      for (int64_t item = begin; item < end; item++) {
        if (needs & kKey) SumGroup(shape, d_keys.get() + item * group * floats, group, from + item, dk);
        if (needs & kValue) SumGroup(shape, d_values.get() + item * group * floats, group, from + item, dv);
      }
    });
  });
}

const Register flash_attention("StanscopeFlashAttention", {"q: float", "k: float", "v: float", "bounds: int32", "factors: float"},
                               {"mixed: float", "softmaxes: float"}, FlashAttention);
const Register flash_attention_grad("StanscopeFlashAttentionGrad",
                                    {"q: float", "k: float", "v: float", "bounds: int32", "factors: float", "mixed: float",
                                     "softmaxes: float", "d_mixed: float", "needs: int32"},
                                    {"dq: float", "dk: float", "dv: float"}, FlashAttentionGrad);

}  // namespace
}  // namespace stanscope
