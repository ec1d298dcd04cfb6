#pragma once
#include <array>
#include <cmath>
#include <string>

#include "youden/base/philox.hpp"

namespace youden::data {

/// What makes a patient: the same on all of their films. Lengths in body units (the film spans −1 … 1).
struct PhantomPatient {
  std::string id;
  bool opacity = false;  ///< the label
  char hospital = 'a';   ///< a or b
  int age = 0;           ///< years
  bool female = false;
  base::Stream stream;  ///< the rest of the anatomy is drawn from here, and never depends on the label

  PhantomPatient(std::uint64_t seed, std::string name)
      : id(std::move(name)), stream({.seed = seed, .purpose = "phantom-patient", .item = id}) {
    age = 20 + static_cast<int>(stream.below(70));
    female = stream.bernoulli(0.5);
  }
};

/// The shape of one chest: who it is, and how deeply they breathed in.
struct PhantomChest {
  float width;                  ///< of a lung's outer wall from the midline
  float apex;                   ///< top of the lungs
  std::array<float, 2> dome{};  ///< height of the diaphragm, viewer's left (patient's right) first
  float mediastinum;            ///< half width
  float heart;                  ///< radius
  float girth;                  ///< of the trunk at the armpits, half width
  float roundness;              ///< of the lungs' upper outline
  float heart_tilt;             ///< radians
  float rib_pitch, rib_drop, rib_half, rib_density;
  std::array<float, 10> rib_shift{};
  float clavicle;  ///< height at the sternum
  float fat;       ///< soft tissue over everything
  float breast;    ///< density of the breast shadows
  float breast_y;
  float stomach;  ///< air under the left dome
  float spine;    ///< density
  float knob;     ///< aortic knob, grows with age

  PhantomChest(base::Stream& s, int age, bool female) {
    const auto draw = [&](double low, double high) { return static_cast<float>(s.uniform(low, high)); };
    width = draw(0.64, 0.75) - (female ? 0.03F : 0.0F);
    apex = draw(-0.84, -0.74);
    dome[0] = draw(0.36, 0.5);
    dome[1] = dome[0] + draw(0.02, 0.09);
    girth = draw(0.9, 1.12);
    roundness = draw(2.0, 2.8);
    mediastinum = draw(0.1, 0.14);
    heart = draw(0.27, 0.37);
    heart_tilt = draw(0.5, 0.9);
    rib_pitch = draw(0.122, 0.145);
    rib_drop = draw(0.16, 0.34);
    rib_half = draw(0.019, 0.027);
    rib_density = draw(0.075, 0.135) * (age > 65 ? 0.85F : 1.0F);
    for (float& shift : rib_shift) shift = draw(-0.012, 0.012);
    clavicle = draw(-0.66, -0.54);
    fat = draw(0.0, 0.12);
    breast = female ? draw(0.02, 0.12) : draw(0.0, 0.03);
    breast_y = draw(0.22, 0.42);
    stomach = s.bernoulli(0.6) ? draw(0.05, 0.16) : 0.0F;
    spine = draw(0.03, 0.09);
    knob = 0.04F + 0.05F * static_cast<float>(age) / 90 * draw(0.5, 1.2);
  }

  /// The outer wall of the lungs at height y.
  [[nodiscard]] float wall(float y) const {
    const float from = 0.2F;
    if (y >= from) return width * (1 - 0.06F * (y - from) * (y - from));
    const float t = std::min((from - y) / (from - apex), 1.0F);
    return width * std::pow(std::max(1 - std::pow(t, roundness), 0.0F), 0.62F);
  }
  /// The inner border of the lung on a side (0: viewer's left).
  [[nodiscard]] float inner(int side, float y) const {
    const auto bump = [y](float at, float wide) { return std::exp(-(y - at) * (y - at) / (wide * wide)); };
    if (side == 0) return mediastinum + 0.06F * bump(0.28F, 0.2F) + 0.02F * bump(-0.45F, 0.2F);
    return mediastinum + knob * bump(-0.34F, 0.1F) + 0.05F * bump(-0.12F, 0.12F) + 0.07F * bump(0.2F, 0.2F);
  }
  /// The diaphragm on the side of x: a dome that falls steeply to the costophrenic angle.
  [[nodiscard]] float diaphragm(float x) const {
    const float t = (std::abs(x) - 0.36F * width / 0.7F) / width;
    const float out = std::max(t, 0.0F);
    return dome[x < 0 ? 0 : 1] + 0.75F * t * t + 1.6F * out * out * out * out;
  }
  /// Height of the shoulder's skin line over x; the neck reaches up beyond the film.
  [[nodiscard]] float shoulder(float x) const {
    const float t = std::max(std::abs(x) - 0.2F, 0.0F) / 0.8F;
    return t <= 0 ? -2.0F : -1.12F + 0.5F * std::pow(t, 0.9F);
  }
};

}  // namespace youden::data
