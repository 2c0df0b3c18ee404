package io.goose.cdi;

import io.goose.RetryDelay;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.engine.config.BrokerFactories;
import io.goose.engine.config.GooseSettings;
import io.goose.engine.config.SettingsReport;
import io.goose.engine.config.SettingsSource;
import io.goose.engine.config.Spelling;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.handler.JobDefinitions;
import io.goose.engine.handler.JobMethod;
import io.goose.engine.handler.JobRules;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.BrokerFactory;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
     * @param beans for references to job beans
     */
    record Valid(
            GooseSettings settings,
            JobCatalogue catalogue,
            AsyncJobs async,
            ArgumentCodec codec,
            FoundBeans found,
            BeanManager beans) {}

    static Deployment check(FoundBeans found, BeanManager beans) {
        return new Check(found, beans).run();
    }

    /** One check of everything. */
    private static final class Check {
        private final FoundBeans found;
        private final BeanManager beans;
        private final References references;
        private final List<String> problems = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();

        Check(FoundBeans found, BeanManager beans) {
            this.found = found;
            this.beans = beans;
            this.references = new References(beans);
        }

        Deployment run() {
            SettingsReport settings = settings();
            problems.addAll(settings.problems());
            warnings.addAll(settings.warnings());
            ArgumentCodec codec = codec();
            BeanRules beanRules = new BeanRules(beans, problems, warnings);
            JobRules jobRules = new JobRules(codec, problems);
            beanRules.checkMessageDriven(found.messageDriven());
            Map<JobMethod, BeanView> views = new HashMap<>();
            List<JobMethod> good = new ArrayList<>();
            for (FoundBean bean : found.jobBeans()) {
                beanRules.check(bean);
                for (JobMethod job : bean.jobs()) {
                    int before = problems.size();
                    jobRules.check(job);
                    beanRules.check(bean, job);
                    checkNames(job, settings);
                    BeanView view = BeanView.of(bean, job);
                    if (view == null) {
                        beanRules.unreachable(bean, job);
                    } else if (problems.size() == before) {
                        views.put(job, view);
                        good.add(job);
                    }
                }
            }
            checkInjectedBrokers(settings);
            List<JobDefinition> definitions = JobDefinitions.of(good, job -> invoker(views, job));
            JobCatalogue catalogue = JobCatalogue.of(definitions, problems);
            GooseSettings read = settings.settings();
            Valid valid = problems.isEmpty() && read != null
                    ? new Valid(read, catalogue, AsyncJobs.of(good), codec, found, beans)
                    : null;
            return new Deployment(valid, List.copyOf(problems), List.copyOf(warnings));
        }

        private BeanInvoker invoker(Map<JobMethod, BeanView> views, JobMethod job) {
            BeanView view = views.get(job);
            if (view == null) {
                throw new IllegalArgumentException(job.where() + " has no view");
            }
            return new BeanInvoker(view, beans);
        }

        private SettingsReport settings() {
            List<BrokerFactory> factories =
                    new ArrayList<>(references.all(found.extending(BrokerFactory.class), BrokerFactory.class));
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

        private ArgumentCodec codec() {
            List<Bean<?>> codecs = found.extending(ArgumentCodec.class);
            if (codecs.size() > 1) {
                problems.add("GOOSE-2126: two ArgumentCodec beans: "
                        + codecs.get(0).getBeanClass().getName() + " and "
                        + codecs.get(1).getBeanClass().getName() + "; keep one of them");
            }
            return codecs.isEmpty() ? new JsonbArgumentCodec() : references.get(codecs.get(0), ArgumentCodec.class);
        }

        /** Checks that the broker and the retry delay that an annotation names are there. */
        private void checkNames(JobMethod job, SettingsReport settings) {
            String broker = job.declaration().broker();
            if (!broker.isEmpty() && !settings.brokerNames().contains(broker)) {
                problems.add(JobRules.message(
                        "2120",
                        job,
                        "has @AsyncJob(broker=\"" + broker + "\"), which is not in goose.brokers="
                                + joined(settings.brokerNames()),
                        "add it there or name one of these" + hint(broker, settings.brokerNames())));
            }
            String delay = job.declaration().retryDelay();
            if (delay.startsWith(NAMED)) {
                Set<String> names = found.extending(RetryDelay.Custom.class).stream()
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
                if (!settings.brokerNames().contains(name)) {
                    problems.add("GOOSE-2121: @GooseBroker(\"" + name + "\") at " + where
                            + " is not in goose.brokers=" + joined(settings.brokerNames())
                            + "; add it there or name one of these" + hint(name, settings.brokerNames()));
                }
            });
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
