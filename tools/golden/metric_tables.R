# Golden Korn-Graubard intervals (survey's svyciprop, method "beta") for the clusters that metric_tables.py wrote.
#
#     Rscript tools/golden/metric_tables.R      (from the root; Debian: r-cran-survey)
#
# Writes tests/golden/metric/korn_graubard.csv.
suppressMessages(library(survey))
folder <- "tests/golden/metric"
digits <- function(x) formatC(x, digits = 17, format = "g", width = 1)
films <- read.csv(file.path(folder, "clusters.csv"))
rows <- do.call(rbind, lapply(split(films, films$case), function(s) {
  design <- svydesign(ids = ~patient, data = s, weights = ~1)
  interval <- svyciprop(~hit, design, method = "beta", level = 0.95)
  variance <- as.numeric(vcov(svymean(~hit, design)))
  limits <- as.numeric(confint(interval))
  p <- mean(s$hit)
  t <- qt(0.025, nrow(s) - 1) / qt(0.025, degf(design))
  data.frame(case = s$case[1], value = p, low = limits[1], high = limits[2], variance = variance,
             effective = p * (1 - p) / variance * t^2, n = nrow(s))
}))
rows[] <- lapply(rows, digits)
write.csv(rows, file.path(folder, "korn_graubard.csv"), row.names = FALSE, quote = FALSE)
