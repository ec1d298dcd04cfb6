#pragma once
#include <vector>

#include "youden/report/card/answer.hpp"
#include "youden/report/card/data_answers.hpp"
#include "youden/report/card/model_answers.hpp"

namespace youden::report {

/// Checklist for Artificial Intelligence in Medical Imaging, 2024 update: 44 items.
inline Checklist claim_2024(const RunData& d) {
  namespace a = answers;
  static const std::vector<CardItem> kItems{
      {"1", "Title: AI methodology", a::technique, "Name the technique in the title or the abstract."},
      {"2", "Abstract", nullptr, "Write a structured summary: design, methods, results with intervals, conclusion."},
      {"3", "Background and intended use", nullptr,
       "Say which clinical question is asked, what is known, and what part the model would play in care."},
      {"4", "Aims and hypotheses", nullptr,
       "State what was to be shown, and what was decided before looking at results."},
      {"5", "Prospective or retrospective", nullptr,
       "Say whether the films were collected for this study or before it."},
      {"6", "Study goal", nullptr,
       "Say whether this is a new model, a feasibility study, a comparison or a non-inferiority study."},
      {"7", "Data sources", a::data_sources,
       "Add the institutions, countries and dates, and whether the data are public."},
      {"8", "Inclusion and exclusion criteria", a::exclusions,
       "Add how patients came into the collection: setting, dates, criteria."},
      {"9", "Preprocessing", a::preprocessing, ""},
      {"10", "Selection of data subsets", a::exclusions,
       "Say whether films or regions were cropped, sampled or picked by hand before this data set was made."},
      {"11", "De-identification", nullptr,
       "Say how names, dates and burned-in text were removed, and by which standard."},
      {"12", "Missing data", a::missing_data,
       "Say what was done about patients with missing reference or clinical values before this data set was made."},
      {"13", "Image acquisition protocol", nullptr, "Describe machines, projections, exposure and reconstruction."},
      {"14", "Definition of the reference standard", nullptr,
       "Say by which test, report or reading each label was decided."},
      {"15", "Rationale for the reference standard", nullptr, "Say why this reference was chosen and where it errs."},
      {"16", "Source of reference annotations", nullptr, "Say who labelled, with what training and experience."},
      {"17", "Annotation of the test set", nullptr,
       "Say who labelled the test films, whether they were blinded, and how disagreement was settled."},
      {"18", "Inter- and intrarater variability", nullptr,
       "Give the agreement between readers, and of readers with themselves."},
      {"19", "Assignment to partitions", a::assignment, ""},
      {"20", "Level at which partitions are disjoint", a::disjoint_level, ""},
      {"21", "Intended sample size", a::sample_size,
       "Say how the size was planned before the study; precision afterwards is no plan."},
      {"22", "Model description", a::model, ""},
      {"23", "Software", a::software, ""},
      {"24", "Initialisation of parameters", a::initialisation, ""},
      {"25", "Training approach", a::training, ""},
      {"26", "Selection of the final model", a::selection,
       "Name every other model that was tried and is not in this database."},
      {"27", "Ensembling", a::ensembling, ""},
      {"28", "Metrics", a::metrics, "Say why these metrics fit the clinical question."},
      {"29", "Significance and uncertainty", a::uncertainty, ""},
      {"30", "Robustness or sensitivity analysis", a::robustness, "Discuss what the controls leave open."},
      {"31", "Explainability", nullptr,
       "Say which method shows what the model looked at, and how that method was checked."},
      {"32", "Evaluation on internal data", a::internal_evaluation, ""},
      {"33", "Testing on external data", a::external_evaluation,
       "Test on data from elsewhere (`youden evaluate RUN --on DATASET`), or say that it was not done."},
      {"34", "Clinical trial registration", nullptr,
       "Give the registry and number, or say that the study was not registered."},
      {"35", "Numbers included and excluded", a::flow,
       "Add who was excluded before this data set was made, with reasons."},
      {"36", "Demographics by partition", a::characteristics,
       "Add clinical characteristics that the manifest does not hold."},
      {"37", "Performance with uncertainty", a::performance, ""},
      {"38", "Estimates of diagnostic performance", a::performance,
       "Add how the same task is done today, on the same films if possible."},
      {"39", "Failure analysis", a::failures, "Look at these films with a reader and say what they have in common."},
      {"40", "Limitations", nullptr, "Name what the data, the reference and the design cannot show."},
      {"41", "Implications for practice", nullptr,
       "Say for whom, where in care, and under whose supervision the model could be used."},
      {"42", "Protocol or technical details", a::code, "Give the address of the protocol, or say that there is none."},
      {"43", "Availability of software, model, data", a::code,
       "Say where code, model and data can be had, and under what terms."},
      {"44", "Funding and role of funders", nullptr, "Name the sources of funding and what part the funders had."},
  };
  return fill("CLAIM 2024", "Tejani et al., Radiology: Artificial Intelligence 2024, doi:10.1148/ryai.240300", kItems,
              d);
}

}  // namespace youden::report
