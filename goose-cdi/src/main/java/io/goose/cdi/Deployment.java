package io.goose.cdi;

import io.goose.RetryDelay;
import io.goose.engine.config.BrokerFactories;
import io.goose.engine.config.GooseSettings;
import io.goose.engine.config.SettingsReport;
import io.goose.engine.config.SettingsSource;
import io.goose.engine.config.Spelling;
import io.goose.engine.config.TransactionalJobs;
import io.goose.engine.cron.CronDeclarations;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinitions;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobRules;
import io.goose.engine.limit.LimitDeclarations;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.BrokerFactory;
import io.goose.spi.WorkerThreads;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A deployment after its check: what is wrong with it, or what the engine is made of.
 *
 * @param valid null if there are problems
 */
record Deployment(@Nullable Valid valid, List<String> problems, List<String> warnings) {

    private static final String NAMED = "named:";

    /**
     * What the engine is made of.
     *
     * @param async the methods whose call enqueues
     * @param codec of arguments; to be closed at the end
     * @param threads the application's own source of them; null for the server's
     * @param extensions other beans; references to them are to be released at the end
     * @param events the types of the events of jobs that somebody observes
     */
    record Valid(
            GooseSettings settings,
            JobCatalogue catalogue,
            AsyncJobs async,
            Codec codec,
            @Nullable Bean<?> threads,
            ExtensionBeans extensions,
            Set<Class<?>> events) {

        /** Gives back what the application's beans were asked for. */
        void release() {
            extensions.references().release();
            codec.close();
        }
    }

    static Deployment check(FoundBeans found, BeanManager beans) {
        // JSON and the application's own beans are looked for by the thread's loader, which is no module's in an EAR.
        ClassLoader before = ContextLoaders.enter(GooseExtension.class);
        try {
            return new Check(found, beans).run();
        } finally {
            ContextLoaders.leave(before);
        }
    }

    /** One check of everything. */
    private static final class Check {
        private final FoundBeans found;
        private final BeanManager beans;
        private final ExtensionBeans extensions;
        private final List<String> problems = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final Map<JobMethod, BeanInvoker> invokers = new HashMap<>();

        Check(FoundBeans found, BeanManager beans) {
            this.found = found;
            this.beans = beans;
            this.extensions = found.extensions(beans);
        }

        Deployment run() {
            SettingsReport settings = settings();
            problems.addAll(settings.problems());
            warnings.addAll(settings.warnings());
            Codec codec = Codec.of(extensions.single(ArgumentCodec.class, problems), extensions.references(), problems);
            Bean<?> threads = extensions.single(WorkerThreads.class, problems).orElse(null);
            found.checkUnfound(beans, problems, warnings);
            Collection<FoundBean> all = found.jobBeans();
            Replacements replacements = Replacements.among(all, beans);
            List<JobMethod> good = goodJobs(
                    all.stream().filter(bean -> !replacements.isReplaced(bean)).toList(), codec, settings);
            checkInjectedBrokers(settings);
            problems.addAll(found.events().problems());
            CronDeclarations.checkStrays(found.recurring(), problems);
            LimitDeclarations.checkStrays(found.recurring(), problems);
            Map<JobMethod, JobMethod> successors = replacements.jobs(all);
            JobCatalogue catalogue = catalogue(good, successors);
            GooseSettings read = settings.settings();
            if (problems.isEmpty() && read != null && codec != null) {
                AsyncJobs async = AsyncJobs.of(good, successors);
                Valid valid = new Valid(
                        read,
                        catalogue,
                        async,
                        codec,
                        threads,
                        extensions,
                        found.events().types());
                return new Deployment(valid, List.of(), List.copyOf(warnings));
            }
            extensions.references().release();
            if (codec != null) {
                codec.close();
            }
            return new Deployment(null, List.copyOf(problems), List.copyOf(warnings));
        }

        private List<JobMethod> goodJobs(List<FoundBean> jobBeans, @Nullable Codec codec, SettingsReport settings) {
            BeanRules beanRules = new BeanRules(beans, problems, warnings);
            JobRules jobRules =
                    new JobRules(type -> codec == null ? null : codec.codec().problem(type), problems);
            beanRules.checkMessageDriven(found.messageDriven());
            List<JobMethod> good = new ArrayList<>();
            for (FoundBean bean : jobBeans) {
                int beforeBean = problems.size();
                beanRules.check(bean);
                for (JobMethod job : bean.jobs()) {
                    int before = problems.size();
                    jobRules.check(job);
                    beanRules.check(bean, job);
                    checkNames(job, settings);
                    TransactionalJobs.check(job, settings.settings(), problems);
                    BeanView view = BeanView.of(bean, job);
                    if (view == null) {
                        beanRules.unreachable(bean, job);
                    } else if (!view.method().trySetAccessible()) {
                        problems.add(JobRules.closed(job));
                    } else if (problems.size() == before) {
                        invokers.put(job, new BeanInvoker(view, beans));
                        good.add(job);
                    }
                }
                if (problems.size() == beforeBean) {
                    beanRules.checkProxy(bean);
                }
            }
            return good;
        }

        /** The names of jobs that are replaced become names of those that run instead. */
        private JobCatalogue catalogue(List<JobMethod> good, Map<JobMethod, JobMethod> successors) {
            Map<JobMethod, Set<String>> formerNames = new HashMap<>();
            successors.forEach((replaced, successor) -> {
                Set<String> names = formerNames.computeIfAbsent(successor, s -> new TreeSet<>());
                names.add(replaced.name());
                names.addAll(replaced.declaration().aliases());
                names.remove(successor.name());
            });
            return JobCatalogue.of(
                            JobDefinitions.of(good, this::invoker, job -> formerNames.getOrDefault(job, Set.of())),
                            problems)
                    .withCrons(CronDeclarations.of(good, problems))
                    .withLimits(LimitDeclarations.of(good, problems));
        }

        private BeanInvoker invoker(JobMethod job) {
            return Objects.requireNonNull(invokers.get(job), job::where);
        }

        private SettingsReport settings() {
            List<BrokerFactory> factories = new ArrayList<>();
            for (Bean<?> bean : extensions.all(BrokerFactory.class)) {
                extensions
                        .references()
                        .tryGet(bean, BrokerFactory.class, BrokerFactory::kind, problems)
                        .ifPresent(factories::add);
            }
            factories.addAll(BrokerFactories.load(GooseExtension.class.getClassLoader(), warnings));
            SettingsSource source;
            try {
                // By our own loader: the one of the thread is that of another module when an EAR is deployed.
                source = MicroProfileSource.of(GooseExtension.class.getClassLoader());
            } catch (IllegalStateException | LinkageError absent) {
                problems.add("GOOSE-2024: MicroProfile Config is not there (" + absent
                        + "); enable mpConfig-3.1 on Open Liberty, or the layer microprofile-config on WildFly");
                return new SettingsReport(null, Set.of(), List.of(), List.of());
            }
            return GooseSettings.read(source, factories);
        }

        /** Checks that the broker and the retry delay that an annotation names are there. */
        private void checkNames(JobMethod job, SettingsReport settings) {
            String broker = job.declaration().broker();
            if (!broker.isEmpty() && isMissing(broker, settings)) {
                problems.add(JobRules.message(
                        "2120",
                        job,
                        "has @AsyncJob(broker=\"" + broker + "\"), which is not in goose.brokers="
                                + joined(settings.brokerNames()),
                        "add it there or name one of these" + hint(broker, settings.brokerNames())));
            }
            String delay = job.declaration().retryDelay();
            if (delay.startsWith(NAMED)) {
                Set<String> names = extensions.all(RetryDelay.Custom.class).stream()
                        .map(Bean::getName)
                        .filter(name -> name != null)
                        .collect(Collectors.toCollection(TreeSet::new));
                String name = delay.substring(NAMED.length());
                if (!name.isBlank() && !names.contains(name)) {
                    problems.add(JobRules.message(
                            "2119",
                            job,
                            "has retryDelay=\"" + delay + "\", but no RetryDelay.Custom bean has @Named(\"" + name
                                    + "\")",
                            "make one, or use another delay" + hint(name, names)));
                }
            }
        }

        private void checkInjectedBrokers(SettingsReport settings) {
            found.brokersInjected().forEach((name, where) -> {
                if (isMissing(name, settings)) {
                    problems.add("GOOSE-2121: @GooseBroker(\"" + name + "\") at " + where
                            + " is not in goose.brokers=" + joined(settings.brokerNames())
                            + "; add it there or name one of these" + hint(name, settings.brokerNames()));
                }
            });
        }

        /** Where no name could be read at all, that is the mistake. */
        private static boolean isMissing(String broker, SettingsReport settings) {
            return !settings.brokerNames().isEmpty() && !settings.brokerNames().contains(broker);
        }

        private static String joined(Set<String> names) {
            return String.join(",", new TreeSet<>(names));
        }

        private static String hint(String written, Set<String> names) {
            return Spelling.nearest(written, names)
                    .map(near -> "; did you mean " + near + "?")
                    .orElse("");
        }
    }
}
