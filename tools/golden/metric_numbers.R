# Golden DeLong numbers (pROC 1.18) and likelihood ratios (epiR) for the samples that metric_numbers.py wrote.
#
#     Rscript tools/golden/metric_numbers.R      (from the root; Debian: r-cran-proc r-cran-epir)
#
# Writes tests/golden/metric/{delong.csv,likelihood_ratio.csv}. NA = undefined.
suppressMessages({ library(pROC); library(epiR) })
folder <- "tests/golden/metric"
digits <- function(x) ifelse(is.finite(x), formatC(x, digits = 17, format = "g", width = 1), "NA")
save <- function(table, name) {
  table[] <- lapply(table, digits)
  write.csv(table, file.path(folder, name), row.names = FALSE, quote = FALSE)
}

samples <- read.csv(file.path(folder, "scores.csv"))
delong <- do.call(rbind, lapply(split(samples, samples$case), function(s) {
  a <- roc(s$y, s$a, direction = "<", levels = c(0, 1), quiet = TRUE)
  b <- roc(s$y, s$b, direction = "<", levels = c(0, 1), quiet = TRUE)
  one <- min(sum(s$y), sum(1 - s$y)) < 2
  v <- if (one) NA else var(a, method = "delong")
  limits <- if (one) c(NA, NA, NA) else suppressWarnings(as.numeric(ci.auc(a, method = "delong", conf.level = 0.95)))
  auc <- as.numeric(auc(a))
  logit <- qlogis(auc) + c(-1, 1) * qnorm(0.975) * sqrt(v) / (auc * (1 - auc))
  paired <- if (one) list(statistic = NA, p.value = NA) else
    suppressWarnings(roc.test(a, b, method = "delong", paired = TRUE))
  data.frame(case = s$case[1], auc = auc, variance = v, low = limits[1], high = limits[3],
             logit_low = plogis(logit[1]), logit_high = plogis(logit[2]),
             z = unname(paired$statistic), p = paired$p.value)
}))
save(delong, "delong.csv")

counts <- read.csv(file.path(folder, "counts.csv"))
ratios <- do.call(rbind, lapply(seq_len(nrow(counts)), function(i) {
  k <- counts[i, ]
  row <- data.frame(case = i - 1, plus = NA, plus_low = NA, plus_high = NA, minus = NA, minus_low = NA, minus_high = NA)
  if (k$tp + k$fn > 0 && k$fp + k$tn > 0) {
    table <- as.table(matrix(c(k$tp, k$fp, k$fn, k$tn), nrow = 2, byrow = TRUE))
    detail <- epi.tests(table, conf.level = k$level)$detail
    pick <- function(name) as.numeric(detail[detail$statistic == name, c("est", "lower", "upper")])
    row[1, 2:7] <- c(pick("lr.pos"), pick("lr.neg"))
  }
  row
}))
save(ratios, "likelihood_ratio.csv")
