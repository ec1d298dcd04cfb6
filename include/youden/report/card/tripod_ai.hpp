#pragma once
#include <vector>

#include "youden/report/card/answer.hpp"
#include "youden/report/card/data_answers.hpp"
#include "youden/report/card/model_answers.hpp"

namespace youden::report {

/// TRIPOD+AI: 27 items, some in several parts.
inline Checklist tripod_ai(const RunData& d) {
  namespace a = answers;
  static const std::vector<CardItem> kItems{
      {"1", "Title", a::technique,
       "Name in the title: a prediction model, developed or evaluated, its population and outcome."},
      {"2", "Abstract", nullptr, "Write it by the TRIPOD+AI list for abstracts."},
      {"3a", "Background: healthcare context", nullptr, "Explain the diagnostic question and what models exist."},
      {"3b", "Background: target population and use", nullptr,
       "Say for whom, where in care and by whom the model would be used."},
      {"3c", "Background: known inequalities", nullptr,
       "Say which groups are known to fare worse, and why that matters here."},
      {"4", "Objectives", nullptr, "Say whether the study develops a model, evaluates one, or both."},
      {"5a", "Data: sources", a::data_sources, "Say why these sources, and whom they represent."},
      {"5b", "Data: dates", nullptr, "Give the first and last date of the films."},
      {"6a", "Participants: setting", nullptr, "Describe kind, number and place of the centres."},
      {"6b", "Participants: eligibility", a::exclusions, "Add the criteria by which patients were eligible."},
      {"6c", "Participants: treatments", nullptr,
       "Say which treatments were given that could change the film, or that none were."},
      {"7", "Data preparation", a::preprocessing,
       "Say whether quality checks and preparation were the same in all groups."},
      {"8a", "Outcome: definition", a::technique, "Define the outcome: how and when it was assessed."},
      {"8b", "Outcome: assessors", nullptr, "Describe who judged it, their qualification and experience."},
      {"8c", "Outcome: blinding", nullptr, "Say what the assessors knew when they judged."},
      {"9a", "Predictors: choice", a::preprocessing,
       "Say why the film alone, or which clinical data beside it, was used."},
      {"9b", "Predictors: definition", nullptr, "Describe how and when films were taken, and by what machines."},
      {"9c", "Predictors: assessors", nullptr,
       "Say whether people took part in making the input (cropping, marking), and their training."},
      {"10", "Sample size", a::sample_size, "Explain how the size was arrived at before the study."},
      {"11", "Missing data", a::missing_data, "Say what happened with missing values before this data set was made."},
      {"12a", "Analysis: use of the data", a::assignment, ""},
      {"12b", "Analysis: handling of predictors", a::preprocessing, ""},
      {"12c", "Analysis: model building", a::training, ""},
      {"12d", "Analysis: heterogeneity", a::subgroups,
       "Say whether and how performance was compared between hospitals or groups (`slices:`)."},
      {"12e", "Analysis: performance measures", a::metrics, ""},
      {"12f", "Analysis: model updating", nullptr,
       "Say whether the model was recalibrated or updated after evaluation, or that it was not."},
      {"12g", "Analysis: calculating predictions", a::parameters, ""},
      {"13", "Class imbalance", a::class_balance, ""},
      {"14", "Fairness", a::subgroups, "Say what was done about unequal performance, and why."},
      {"15", "Model output", a::output, ""},
      {"16", "Training versus evaluation", a::development_and_evaluation,
       "Name differences in setting, eligibility, outcome and machines."},
      {"17", "Ethical approval", nullptr, "Name the committee and number, and how consent was given or waived."},
      {"18a", "Open science: funding", nullptr, "Name funding and the funders' part."},
      {"18b", "Open science: conflicts of interest", nullptr, "Declare them for every author."},
      {"18c", "Open science: protocol", nullptr, "Say where it is, or that none was written."},
      {"18d", "Open science: registration", nullptr, "Give registry and number, or say that there is none."},
      {"18e", "Open science: data sharing", nullptr, "Say where the data can be had, or why not."},
      {"18f", "Open science: code sharing", a::code, "Give the address where others find it."},
      {"19", "Patient and public involvement", nullptr, "Describe it, or say that there was none."},
      {"20a", "Results: flow of participants", a::flow, "Add who was lost before this data set was made."},
      {"20b", "Results: characteristics", a::characteristics, "Add dates and clinical characteristics, by group."},
      {"20c", "Results: comparison with development data", a::development_and_evaluation,
       "Compare predictors and outcome between development and evaluation."},
      {"21", "Model development", a::flow, ""},
      {"22", "Model specification", a::parameters, ""},
      {"23a", "Model performance", a::performance, ""},
      {"23b", "Model performance: heterogeneity", a::subgroups,
       "Report performance by hospital and group (`slices:`)."},
      {"24", "Model updating", nullptr, "Report the results of any updating, or say that there was none."},
      {"25", "Interpretation", nullptr, "Interpret the results, fairness included, in the light of earlier studies."},
      {"26", "Limitations", nullptr, "Discuss a sample that does not represent, its size, overfitting, missing data."},
      {"27a", "Usability: poor or missing input", nullptr,
       "Say what is to be done when a film is bad or absent at the time of use."},
      {"27b", "Usability: users", nullptr, "Say what users must do and know."},
      {"27c", "Usability: next steps", nullptr,
       "Say what must be studied before use, and where the model may not carry over."},
  };
  return fill("TRIPOD+AI", "Collins et al., BMJ 2024, doi:10.1136/bmj-2023-078378", kItems, d);
}

}  // namespace youden::report
