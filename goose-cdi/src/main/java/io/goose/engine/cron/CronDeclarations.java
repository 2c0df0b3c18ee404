package io.goose.engine.cron;

import io.goose.AsyncJob;
import io.goose.Cron;
import io.goose.CronEntry;
import io.goose.Job;
import io.goose.engine.handler.DeclaredCron;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobMethods;
import io.goose.engine.handler.JobRules;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the annotations of job methods that make them recur. */
public final class CronDeclarations {

    private CronDeclarations() {}

    /**
     * The entries that jobs declare.
     *
     * @param problems gets a message for each that cannot be
     */
    public static List<DeclaredCron> of(Collection<JobMethod> jobs, List<String> problems) {
        List<DeclaredCron> all = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        for (JobMethod job : jobs) {
            for (Cron cron : crons(job)) {
                if (!job.parameters().isEmpty()) {
                    problems.add(JobRules.message(
                            "2227",
                            job,
                            "has @Cron and parameters, for which a tick has no arguments",
                            "use a method without parameters, or performEvery with the arguments"));
                    break;
                }
                DeclaredCron declared = declared(job, cron, problems);
                if (declared != null) {
                    String other = names.putIfAbsent(declared.entry().name(), job.where());
                    if (other != null) {
                        problems.add(JobRules.message(
                                "2229",
                                job,
                                "has a @Cron of the name '" + declared.entry().name() + "', as " + other + " has",
                                "give one of them another name"));
                    } else {
                        all.add(declared);
                    }
                }
            }
        }
        return List.copyOf(all);
    }

    /** Those of the implementation, else those that stand where the job's annotation stands. */
    private static Cron[] crons(JobMethod job) {
        Cron[] own = job.method().getAnnotationsByType(Cron.class);
        return own.length > 0 ? own : job.declared().getAnnotationsByType(Cron.class);
    }

    private static @Nullable DeclaredCron declared(JobMethod job, Cron cron, List<String> problems) {
        try {
            CronEntry entry = CronEntry.named(cron.name().isEmpty() ? name(job) : cron.name())
                    .schedule(cron.value())
                    .missedAll(cron.most())
                    .missed(cron.missed())
                    .overlap(cron.overlap())
                    .jitter(jitter(cron.jitter()));
            if (!cron.zone().isEmpty()) {
                entry = entry.zone(cron.zone());
            }
            if (Schedule.of(entry).next(Instant.EPOCH).isEmpty()) {
                throw new IllegalArgumentException(
                        "GOOSE-2223: cron entry '" + entry.name() + "' has the schedule '" + entry.schedule()
                                + "', which never comes, as the 30th of February; mend the day or the month");
            }
            String broker = cron.broker().isEmpty() ? job.declaration().broker() : cron.broker();
            return new DeclaredCron(entry, broker, job.name(), job.where());
        } catch (IllegalArgumentException wrong) {
            problems.add(wrong.getMessage() + " (the @Cron of " + job.where() + ")");
            return null;
        }
    }

    /** The job's name may be longer than that of an entry. */
    private static String name(JobMethod job) {
        String name = job.name();
        return name.length() <= CronEntry.LONGEST_NAME ? name : name.substring(name.length() - CronEntry.LONGEST_NAME);
    }

    private static Duration jitter(String text) {
        try {
            return text.isEmpty() ? Duration.ZERO : Duration.parse(text);
        } catch (DateTimeParseException wrong) {
            throw new IllegalArgumentException(
                    "GOOSE-2224: '" + text + "' is no jitter; write a duration such as PT30S", wrong);
        }
    }

    /**
     * Looks for annotations on methods that are no jobs.
     *
     * @param problems gets a message for each
     */
    public static void checkStrays(Collection<Class<?>> types, List<String> problems) {
        for (Class<?> type : types) {
            Set<Method> jobs = JobMethods.in(type).stream()
                    .flatMap(job -> List.of(job.method(), job.declared()).stream())
                    .collect(Collectors.toSet());
            for (Method method : type.getDeclaredMethods()) {
                boolean stray = method.getAnnotationsByType(Cron.class).length > 0
                        && !method.isAnnotationPresent(Job.class)
                        && !method.isAnnotationPresent(AsyncJob.class)
                        && !method.isBridge()
                        && !jobs.contains(method);
                if (stray) {
                    problems.add("GOOSE-2228: " + type.getName() + "#" + method.getName()
                            + " has @Cron, but is no job; annotate it with @Job too");
                }
            }
        }
    }
}
