#include "kernel-support.h"

namespace stanscope {
namespace {

// w (bytes of rows one after another), piece (bytes of whole rows of w), rows (n) -> how many were placed: w's row rows[i] becomes the
// piece's row i, in place. Nothing is placed of a piece that is not n rows of w, or where w has no such row.
void PlaceRows(void*, TF_OpKernelContext* context) {
  Input w(context, 0), piece(context, 1), rows(context, 2);
  const int64_t n = rows.size(), row_bytes = n == 0 ? 0 : piece.size() / n;
  int32_t placed = 0;
  if (row_bytes > 0 && n * row_bytes == piece.size()) {
    for (int64_t i = 0; i < n; i++) {
      const int64_t row = rows.data<int32_t>()[i];
      if (row < 0 || (row + 1) * row_bytes > w.size()) continue;
      std::memcpy(w.writable<uint8_t>() + row * row_bytes, piece.data<uint8_t>() + i * row_bytes, row_bytes);
      placed++;
    }
  }
  *IntOutput(context, 0, {}) = placed;
}

const Register place_rows("StanscopePlaceRows", {"w: uint8", "piece: uint8", "rows: int32"}, {"placed: int32"}, PlaceRows);

}  // namespace
}  // namespace stanscope
