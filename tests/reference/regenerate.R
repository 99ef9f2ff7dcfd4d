# Make metafor.json anew: what R's metafor gives for a grid of studies.
#
#   apt-get install r-cran-metafor r-cran-lme4 r-cran-jsonlite    (Debian)
#   Rscript tests/reference/regenerate.R
#
# The counts are drawn here and stored with the answers, so that the tests need no R. Each fit is
# made twice: "default" as metafor is usually called, "tight" with the optimisers told to go on.

suppressMessages({library(metafor); library(lme4); library(jsonlite)})
options(warn = -1)
set.seed(20261121, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

here <- sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE))
target <- file.path(dirname(here), "metafor.json")

sizes <- list(
  mixed = function(k) sample(c(1, 1, 3, 3, 4, 6, 7, 8, 9, 10, 11, 13, 16, 18, 58), k, TRUE),
  tiny = function(k) sample(1:4, k, TRUE),
  even = function(k) rep(12, k),
  large = function(k) round(10^runif(k, 3, 5)))
kinds <- list(
  typical = list(n = sizes$mixed, mu = -1, tau = 0.7),
  alike = list(n = sizes$mixed, mu = -0.5, tau = 0),
  wide = list(n = sizes$mixed, mu = 0, tau = 2),
  rare = list(n = sizes$mixed, mu = -3, tau = 0.8),
  frequent = list(n = sizes$mixed, mu = 3, tau = 0.8),
  tiny = list(n = sizes$tiny, mu = -0.4, tau = 1),
  ties = list(n = sizes$even, mu = -1.5, tau = 0.5),
  large = list(n = sizes$large, mu = -2, tau = 0.6))
counts <- c(2, 3, 5, 10, 25, 40, 60)

data <- list()
add <- function(id, events, totals, mods = NULL)
  data[[length(data) + 1]] <<- list(id = id, events = I(events), totals = I(totals), mods = mods)
for (kind in names(kinds)) for (k in counts) {
  how <- kinds[[kind]]; n <- how$n(k)
  add(sprintf("%s-k%d", kind, k), rbinom(k, n, plogis(how$mu + how$tau * rnorm(k))), n)
}
add("one-k1", 3, 10); add("one-none-k1", 0, 7); add("one-all-k1", 4, 4); add("one-patient-k1", 1, 1)
add("none-k4", c(0, 0, 0, 0), c(3, 8, 1, 12)); add("all-k3", c(5, 2, 9), c(5, 2, 9))
add("patients-k6", c(1, 0, 0, 1, 0, 0), rep(1, 6))
add("none-or-all-k4", c(0, 8, 0, 5), c(10, 8, 6, 5))
add("equal-k5", rep(3, 5), rep(12, 5)); add("equal-none-k5", rep(0, 5), rep(6, 5))
add("huge-k4", c(120034, 99871, 130500, 110213), c(1e6, 9e5, 1.2e6, 1e6))
add("huge-rare-k4", c(12, 3, 30, 8), c(1e6, 9e5, 1.2e6, 1e6))
add("one-event-k8", c(0, 0, 0, 1, 0, 0, 0, 0), c(5, 9, 3, 14, 2, 6, 6, 20))
add("opposed-k2", c(0, 19), c(20, 20))
add("cart-k22", c(4, 8, 4, 1, 2, 1, 1, 3, 1, 4, 3, 2, 0, 1, 9, 1, 0, 2, 4, 5, 4, 1),
    c(58, 13, 6, 1, 3, 4, 3, 7, 1, 18, 10, 9, 3, 16, 18, 1, 1, 6, 11, 11, 8, 3))
for (k in c(8, 25, 60)) {
  n <- sizes$mixed(k); route <- rep(c("ICV", "IT", "IV"), length.out = k)
  year <- sample(2010:2025, k, TRUE)
  x <- rbinom(k, n, plogis(-1 + (route == "IV") + 0.05 * (year - 2018) + 0.5 * rnorm(k)))
  add(sprintf("moderated-k%d", k), x, n, list(route = route, year = year))
}

number <- function(x) if (is.null(x) || !is.finite(x[1])) NULL else unname(x[1])
summary_of <- function(fit) {
  pred <- if (fit$int.only) try(predict(fit), silent = TRUE) else NULL
  if (inherits(pred, "try-error")) pred <- NULL
  c(list(mu = number(fit$beta), se = number(fit$se), ci_low = number(fit$ci.lb),
       ci_high = number(fit$ci.ub), tau2 = number(fit$tau2), i2 = number(fit$I2 / 100),
       pi_low = number(pred$pi.lb), pi_high = number(pred$pi.ub)),
    if (fit$int.only) NULL else list(beta = as.vector(fit$beta), beta_se = fit$se,
       terms = rownames(fit$beta), qm = number(fit$QM), qm_p = number(fit$QMp)))
}
stopped <- function(e) list(error = trimws(conditionMessage(e)))
mods_of <- function(case)
  if (is.null(case$mods)) list() else list(mods = model.matrix(~ route + year, case$mods)[, -1])

# lme4 cannot always reach the strictest tolerance of its inner loop: then the next one is tried.
enough <- function(inner) list(optimizer = "bobyqa", tolPwrss = inner,
                               optCtrl = list(rhoend = 1e-10, maxfun = 1e6))
inner <- c(1e-13, 1e-11, 1e-9, 1e-7)
tightest <- function(fit) {
  for (tolerance in inner) {
    found <- fit(enough(tolerance))
    if (is.null(found$error)) return(c(found, list(inner_tolerance = tolerance)))
  }
  found
}
glmm <- function(case, test, control) tryCatch({
  fit <- do.call(rma.glmm, c(list(measure = "PLO", xi = case$events, ni = case$totals,
    method = "ML", nAGQ = 21, test = test, control = control), mods_of(case)))
  c(summary_of(fit), list(q = number(fit$QE.Wld), q_p = number(fit$QEp.Wld),
                          lrt = number(fit$QE.LRT), lrt_p = number(fit$QEp.LRT)))
}, error = stopped)
ends <- list(tol = 1e-13, maxiter = 1e6, tau2.max = 1e7)
uni <- function(case, method, test, control) tryCatch({
  fit <- do.call(rma, c(list(measure = "PLO", xi = case$events, ni = case$totals,
    method = method, test = test, control = control), mods_of(case)))
  bounds <- tryCatch(confint(fit, control = ends)$random["tau^2", c("ci.lb", "ci.ub")],
                     error = function(e) c(NA, NA))
  c(summary_of(fit), list(q = number(fit$QE), q_p = number(fit$QEp), tau2_low = number(bounds[1]),
                          tau2_high = number(bounds[2]), loglik = number(fit$fit.stats["ll", "REML"])))
}, error = stopped)
profile_of <- function(case) tightest(function(how) tryCatch({
  events <- case$events; others <- case$totals - events; study <- factor(seq_along(events))
  fit <- suppressMessages(glmer(cbind(events, others) ~ 1 + (1 | study), family = binomial,
    nAGQ = 21, control = do.call(glmerControl, how)))
  ends <- suppressMessages(confint(fit, parm = "theta_", method = "profile"))
  list(tau_low = number(ends[1]), tau_high = number(ends[2]))
}, error = stopped))

tests <- c(wald = "z", t = "t", "knapp-hartung" = "knha")
profiled <- c("typical-k25", "wide-k10", "rare-k40", "tiny-k60", "ties-k25", "large-k10", "cart-k22",
              "alike-k25", "large-k60", "frequent-k60")
tight <- list(threshold = 1e-14, maxiter = 100000)
answers <- lapply(data, function(case) {
  cat(case$id, "")
  fits <- list()
  for (ci in names(tests)) {
    if (ci != "knapp-hartung") fits[[paste0("glmm/", ci)]] <- list(
      default = glmm(case, tests[[ci]], list()),
      tight = tightest(function(how) glmm(case, tests[[ci]], list(glmerCtrl = how))))
    for (method in c("REML", "DL")) fits[[paste0(tolower(method), "/", ci)]] <- list(
      default = uni(case, method, tests[[ci]], list()),
      tight = uni(case, method, tests[[ci]], if (method == "REML") tight else list()))
  }
  case$fits <- fits
  if (case$id %in% profiled) case$profile <- profile_of(case)
  fit <- tryCatch(rma(measure = "PLO", xi = case$events, ni = case$totals, method = "DL"),
                  error = function(e) NULL)
  test <- function(predictor) tryCatch({
    r <- regtest(fit, model = "lm", predictor = predictor)
    list(t = number(r$zval), p = number(r$pval), df = number(r$dfs))
  }, error = stopped)
  case$small_study <- list(peters = test("ninv"), egger = test("sei"))
  if (case$id == "cart-k22") {
    case$leave_one_out <- leave1out(fit)$estimate  # of DL
    case$cumulative <- cumul(fit)$estimate
  }
  ft <- escalc(measure = "PFT", xi = case$events, ni = case$totals)
  fit <- tryCatch(rma(yi, vi, data = ft, method = "DL"), error = function(e) NULL)
  if (!is.null(fit)) case$freeman_tukey <- list(mu = number(fit$beta), se = number(fit$se),
    estimate = number(transf.ipft.hm(c(fit$beta), targs = list(ni = case$totals))))
  case
})
cat("\n")
versions <- list(R = R.version.string, metafor = as.character(packageVersion("metafor")),
                 lme4 = as.character(packageVersion("lme4")))
write(toJSON(list(versions = versions, cases = answers), auto_unbox = TRUE, digits = NA,
             null = "null", na = "null", pretty = FALSE), target)
