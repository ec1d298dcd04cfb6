#pragma once
#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/core.hpp>
#include <vector>

#include "youden/base/philox.hpp"
#include "youden/data/phantom_anatomy.hpp"
#include "youden/data/phantom_canvas.hpp"

namespace youden::data {

/// Share of lung (0–1) under each pixel of a canvas, with soft borders.
inline cv::Mat phantom_lungs(const PhantomChest& chest, int n) {
  PhantomCanvas lungs(n);
  const float soft = std::max(0.022F, 1.5F * lungs.unit());
  std::vector<float> dome(static_cast<std::size_t>(n));
  for (int x = 0; x < n; ++x) dome[static_cast<std::size_t>(x)] = chest.diaphragm(lungs.at(x));
  for (int row = 0; row < n; ++row) {
    const float y = lungs.at(row);
    if (y < chest.apex - 0.1F || y > 0.95F) continue;
    const float wall = chest.wall(y);
    const float inner[2] = {chest.inner(0, y), chest.inner(1, y)};
    auto* out = lungs.plane().ptr<float>(row);
    for (int column = 0; column < n; ++column) {
      const float x = lungs.at(column);
      const float across = std::min(wall - std::abs(x), std::abs(x) - inner[x < 0 ? 0 : 1]);
      const float room = std::min(across, dome[static_cast<std::size_t>(column)] - y);
      if (room > -soft) {
        out[column] =
            smooth_step(across / soft + 0.5F) * smooth_step((dome[static_cast<std::size_t>(column)] - y) / soft + 0.5F);
      }
    }
  }
  return lungs.plane();
}

/// The heart, 0–1: a rounded bag leaning to the patient's left, over lung and dome alike.
inline cv::Mat phantom_heart(const PhantomChest& chest, int n) {
  PhantomCanvas bag(n);
  const float r = chest.heart;
  bag.ellipse(0.12F, chest.dome[1] - 0.7F * r, r * 1.2F, r * 0.82F, chest.heart_tilt, 0.22F, 1);
  bag.ellipse(-0.07F, chest.dome[1] - 0.8F * r, r * 0.5F, r * 0.8F, 0, 0.3F, 1);
  cv::min(bag.plane(), 1.0, bag.plane());
  return bag.plane();
}

/// Soft tissue and air: what a chest absorbs without its bones and vessels.
inline void phantom_soft_tissue(PhantomCanvas& film, const PhantomChest& chest, const cv::Mat& lungs,
                                const cv::Mat& heart) {
  const int n = film.size();
  std::vector<float> shoulder(static_cast<std::size_t>(n));
  for (int x = 0; x < n; ++x) shoulder[static_cast<std::size_t>(x)] = chest.shoulder(film.at(x));
  for (int row = 0; row < n; ++row) {
    const float y = film.at(row);
    const float side = chest.girth + 0.35F * smooth_step((-0.25F - y) / 0.4F) + 0.05F * smooth_step((y - 0.4F) / 0.6F);
    const float wall = chest.wall(y);
    const float belly = 0.16F * smooth_step((y - 0.3F) / 0.6F);
    auto* out = film.plane().ptr<float>(row);
    const auto* lung = lungs.ptr<float>(row);
    const auto* bag = heart.ptr<float>(row);
    for (int column = 0; column < n; ++column) {
      const float x = film.at(column);
      const float q = x / side;
      const float skin = smooth_step((side - std::abs(x)) / 0.06F) *
                         smooth_step((y - shoulder[static_cast<std::size_t>(column)]) / 0.12F);
      if (skin <= 0) continue;
      const float thick = std::sqrt(std::max(1 - 0.85F * q * q, 0.05F));
      // The rays pass through less lung near its outer wall, and through more muscle lower down.
      const float depth = smooth_step((wall - std::abs(x)) / 0.3F);
      const float air =
          lung[column] * (1 - 0.72F * bag[column]) * (0.3F + 0.17F * depth - 0.1F * smooth_step((y + 0.3F) / 0.9F));
      out[column] = skin * ((0.8F + chest.fat) * thick + belly - air * thick);
    }
  }
}

inline void phantom_middle(PhantomCanvas& film, const PhantomChest& chest, const cv::Mat& heart) {
  film.plane() += 0.05F * heart;
  film.ellipse(0.09F, -0.34F, 0.06F + chest.knob, 0.09F, 0, 0.5F, 0.08F);
  const float half = chest.mediastinum;
  film.each(-0.4F, -1.2F, 0.4F, 1.2F, [&](float& v, float x, float y) {
    const float column = smooth_step((half * 1.25F - std::abs(x)) / (0.9F * half));
    v += 0.1F * column * smooth_step((y + 1.0F) / 0.5F);
    const float bone = std::abs(x) / 0.075F;
    if (bone < 1) {  // vertebrae, a disc between each two
      const float disc = std::cos(2 * std::numbers::pi_v<float> * y / (0.1F + 0.02F * y));
      v += chest.spine * (smooth_step((1 - bone) * 4) * (0.8F + 0.35F * disc) + (bone > 0.7F ? 0.25F : 0.0F));
    }
    v -= 0.11F * smooth_step((0.05F - std::abs(x + 0.01F)) / 0.03F) * smooth_step((-0.2F - y) / 0.2F);  // windpipe
  });
}

inline void phantom_bones(PhantomCanvas& film, const PhantomChest& chest) {
  for (const float side : {-1.0F, 1.0F}) {
    const auto mirrored = [&](float from, float to, float half, float amount, const auto& centre, const auto& weight) {
      film.tube(
          side < 0 ? -to : from, side < 0 ? -from : to, half, amount, [&](float x) { return centre(std::abs(x)); },
          [&](float x) { return weight(std::abs(x)); });
    };
    for (int rib = 0; rib < 10; ++rib) {
      const float start = chest.apex - 0.02F + chest.rib_pitch * static_cast<float>(rib) +
                          chest.rib_shift[static_cast<std::size_t>(rib)];
      const float drop = chest.rib_drop * (0.6F + 0.08F * static_cast<float>(rib));
      const float end = chest.wall(std::min(start + drop, 0.75F)) + 0.035F;
      if (end < 0.25F) continue;
      const float below = chest.diaphragm(side * 0.4F) - start;  // ribs fade where the abdomen hides them
      const float strength = chest.rib_density * std::clamp(0.45F + 2.5F * below, 0.25F, 1.0F);
      const auto back = [=](float x) {
        const float u = std::clamp((x - 0.07F) / (end - 0.07F), 0.0F, 1.0F);
        return start - 0.2F * u * (1 - u) + drop * (0.35F * u * u + 0.65F * (1 - std::sqrt(1 - 0.97F * u * u)));
      };
      mirrored(0.07F, end, chest.rib_half, strength, back, [](float) { return 1.0F; });
      if (rib < 1 || rib > 7) continue;
      // The front half runs from the wall downwards to its cartilage, which absorbs no more than flesh.
      const float low = back(end);
      const float fall = 0.2F + 0.025F * static_cast<float>(rib);
      const float tip = end * (0.42F + 0.02F * static_cast<float>(rib));
      mirrored(
          tip - 0.08F, end, chest.rib_half * 1.15F, strength * 0.62F,
          [=](float x) {
            const float u = std::clamp((end - x) / end, 0.0F, 1.0F);
            return low + fall * (std::sqrt(u + 0.01F) * 0.35F + u);
          },
          [=](float x) { return smooth_step((x - tip + 0.08F) / 0.16F); });
    }
    const float collar = chest.clavicle;
    mirrored(
        0.07F, 0.8F, 0.034F, 0.15F,
        [=](float x) { return collar - 0.2F * (x - 0.07F) + 0.028F * std::sin(7.5F * (x - 0.07F)); },
        [](float x) { return smooth_step((0.84F - x) / 0.1F); });
    // Shoulder blade: a faint sheet whose inner border crosses the upper outer lung; head of the arm bone.
    film.each(side < 0 ? -1.2F : 0.45F, -0.62F, side < 0 ? -0.45F : 1.2F, 0.2F, [&](float& v, float x, float y) {
      const float border = 0.6F + 0.09F * smooth_step((y + 0.5F) / 0.6F) + 0.12F * (y + 0.2F) * (y + 0.2F);
      const float in = std::abs(x) - border;
      if (in < 0) return;
      const float ends = smooth_step((0.12F - y) / 0.3F) * smooth_step((y + 0.62F) / 0.1F);
      v += ends * (0.045F * smooth_step(in / 0.02F) + 0.05F * std::exp(-in / 0.02F));
    });
    film.ellipse(side * 0.98F, -0.62F, 0.16F, 0.15F, 0.3F, 0.3F, 0.1F);
    film.ellipse(side * 1.08F, -0.3F, 0.09F, 0.4F, side * -0.15F, 0.5F, 0.09F);
  }
}

/// Vessels branch from the hilum outwards and thin out: [n,n] of added density, to be weighted by the lung.
inline cv::Mat phantom_vessels(int n, base::Stream& s, float crowding) {
  PhantomCanvas tree(n);
  struct Branch {
    float x, y, angle, radius, amount;
    int depth;
  };
  const auto draw = [&](double low, double high) { return static_cast<float>(s.uniform(low, high)); };
  for (const float side : {-1.0F, 1.0F}) {
    std::vector<Branch> todo;
    const int main = 9 + static_cast<int>(s.below(4));
    for (int i = 0; i < main; ++i) {  // angle 0 points outwards, positive down
      const float angle = -1.2F + 2.5F * (static_cast<float>(i) + draw(0, 1)) / static_cast<float>(main);
      const float lower = angle > 0.1F ? crowding : 1.0F;
      todo.push_back({0.15F, draw(-0.06, 0.06), angle, draw(0.011, 0.02), draw(0.07, 0.12) * lower, 0});
    }
    while (!todo.empty()) {
      Branch b = todo.back();
      todo.pop_back();
      const int steps = 5 + static_cast<int>(s.below(3)) - b.depth;
      for (int i = 0; i < steps; ++i) {
        const float length = draw(0.05, 0.085);
        const float x = b.x + length * std::cos(b.angle);
        const float y = b.y + length * std::sin(b.angle);
        const float thinner = b.radius * 0.84F;
        tree.cord(side * b.x, b.y, side * x, y, b.radius, thinner, b.amount);
        b = {x, y, b.angle + draw(-0.28, 0.28), thinner, b.amount * 0.9F, b.depth};
        if (b.depth < 3 && s.bernoulli(0.5)) {
          todo.push_back({x, y, b.angle + (s.bernoulli(0.5) ? 1.0F : -1.0F) * draw(0.35, 0.8), thinner * 0.75F,
                          b.amount * 0.85F, b.depth + 1});
        }
      }
    }
    tree.ellipse(side * 0.15F, side < 0 ? 0.0F : -0.05F, 0.075F, 0.13F, side * -0.25F, 0.8F, 0.1F);
  }
  return tree.plane();
}

/// What both classes may show and a network might take for disease: breasts, a band of collapsed lung, one hazy
/// overlap.
inline void phantom_confusers(PhantomCanvas& film, const PhantomChest& chest, base::Stream& s) {
  const auto draw = [&](double low, double high) { return static_cast<float>(s.uniform(low, high)); };
  for (const float side : {-1.0F, 1.0F}) {
    film.ellipse(side * 0.4F, chest.breast_y + draw(-0.03, 0.03), 0.32F, 0.27F, 0, 0.35F,
                 chest.breast * draw(0.8, 1.1));
  }
  if (s.bernoulli(0.15)) {
    const float side = s.bernoulli(0.5) ? 1.0F : -1.0F;
    const float y = draw(0.15, 0.4);
    const float slope = draw(-0.15, 0.15);
    const float x = draw(0.25, 0.4);
    PhantomCanvas band(film.size());
    band.cord(side * x, y, side * (x + draw(0.1, 0.25)), y + slope, 0.014F, 0.008F, draw(0.05, 0.12));
    film.plane() += band.plane();
  }
  const float side = s.bernoulli(0.5) ? 1.0F : -1.0F;
  const bool hazy = s.bernoulli(0.25);
  const float y = draw(-0.5, 0.35);
  const float amount = draw(0.03, 0.09);
  if (hazy) film.ellipse(side * draw(0.25, 0.5), y, draw(0.1, 0.22), draw(0.1, 0.2), draw(-1, 1), 0.9F, amount);
  if (chest.stomach > 0) {
    film.ellipse(0.36F, chest.dome[1] + 0.13F, 0.17F, 0.075F, draw(-0.2, 0.2), 0.4F, -chest.stomach);
  }
}

}  // namespace youden::data
