# Golden numbers of DeLong's tests (pROC 1.18), on the samples that metric_numbers.py wrote.
#
#     Rscript tools/golden/metric_compare.R      (from the root; Debian: r-cran-proc)
#
# Writes tests/golden/metric/{delong_paired.csv,delong_unpaired.csv}. NA = undefined.
suppressMessages(library(pROC))
folder <- "tests/golden/metric"
digits <- function(x) ifelse(is.finite(x), formatC(x, digits = 17, format = "g", width = 1), "NA")
save <- function(table, name) {
  table[] <- lapply(table, digits)
  write.csv(table, file.path(folder, name), row.names = FALSE, quote = FALSE)
}
curve <- function(y, s) roc(y, s, direction = "<", levels = c(0, 1), quiet = TRUE)

samples <- split(read.csv(file.path(folder, "scores.csv")), read.csv(file.path(folder, "scores.csv"))$case)
usable <- Filter(function(s) min(sum(s$y), sum(1 - s$y)) >= 2, samples)

paired <- do.call(rbind, lapply(usable, function(s) {
  a <- curve(s$y, s$a); b <- curve(s$y, s$b)
  t <- suppressWarnings(roc.test(a, b, method = "delong", paired = TRUE))
  v <- var(a, method = "delong") + var(b, method = "delong") - 2 * cov(a, b, method = "delong")
  half <- qnorm(0.975) * sqrt(v)
  d <- as.numeric(auc(a)) - as.numeric(auc(b))
  data.frame(case = s$case[1], difference = d, z = unname(t$statistic), p = t$p.value, low = d - half, high = d + half)
}))
save(paired, "delong_paired.csv")

# score a of one case against score a of the case after it: other samples, other numbers of them
names <- as.integer(names(usable))
unpaired <- do.call(rbind, lapply(seq_len(length(names) - 1), function(i) {
  a <- curve(usable[[i]]$y, usable[[i]]$a); b <- curve(usable[[i + 1]]$y, usable[[i + 1]]$a)
  t <- suppressWarnings(roc.test(a, b, method = "delong", paired = FALSE))
  data.frame(first = names[i], second = names[i + 1], difference = as.numeric(auc(a)) - as.numeric(auc(b)),
             d = unname(t$statistic), df = unname(t$parameter), p = t$p.value)
}))
save(unpaired, "delong_unpaired.csv")
