package io.goose;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Timer;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The packages and what each may see, lowest first; a package that does not exist yet has its place already. */
final class ArchitectureTest {

    private static final JavaClasses MAIN =
            new ClassFileImporter(List.of(new ImportOption.DoNotIncludeTests())).importPackages("io.goose");

    private static final String API = "io.goose";
    private static final String JOB = "io.goose.job..";
    private static final String EVENT = "io.goose.event..";
    private static final String ADMIN = "io.goose.admin..";
    private static final String SPI = "io.goose.spi..";
    private static final String ENGINE = "io.goose.engine..";
    private static final String NET = "io.goose.broker.net..";
    private static final String JSON = "jakarta.json..";

    /** What everybody may see. */
    private static final List<String> ALWAYS = List.of("java..", "org.jspecify..");

    /** The outer adapters: they may see all below them, and nothing sees them. */
    private static final List<String> OUTER =
            List.of("io.goose.cdi..", "io.goose.se..", "io.goose.console..", "io.goose.mdb..", "io.goose.testing..");

    /** From a package to what it may see besides itself and {@link #ALWAYS}. */
    private static final Map<String, List<String>> ARROWS = new LinkedHashMap<>();

    static {
        ARROWS.put(JOB, List.of(JSON));
        // Annotations only: what applications compile against drags in no server.
        ARROWS.put(
                API,
                List.of(
                        JOB,
                        "jakarta.inject..",
                        "jakarta.enterprise.util..",
                        "jakarta.interceptor..",
                        "jakarta.annotation.."));
        ARROWS.put(EVENT, List.of(API, JOB));
        ARROWS.put(ADMIN, List.of(API, JOB));
        ARROWS.put(SPI, List.of(API, JOB, ADMIN, JSON, "javax.transaction.xa.."));
        ARROWS.put(ENGINE, List.of(API, JOB, EVENT, ADMIN, SPI, JSON, "com.github.f4b6a3.uuid..", "com.cronutils.."));
        ARROWS.put("io.goose.broker.memory..", List.of(JOB, SPI, ADMIN));
        ARROWS.put("io.goose.broker.net..", List.of(SPI, "javax.net.."));
        ARROWS.put("io.goose.broker.redis..", List.of(JOB, SPI, ADMIN, NET, "redis.clients.jedis..", "javax.net.."));
        ARROWS.put("io.goose.broker.rabbitmq..", List.of(JOB, SPI, ADMIN, NET, "com.rabbitmq..", "javax.net.."));
        ARROWS.put("io.goose.broker.jdbc..", List.of(JOB, SPI, ADMIN, "javax.sql..", "javax.naming.."));
        ARROWS.put("io.goose.broker.composed..", List.of(JOB, SPI, ADMIN));
        ARROWS.put("io.goose.broker.jca..", List.of(JOB, SPI, ADMIN, "jakarta.resource..", "javax.naming.."));
        ARROWS.put(
                "io.goose.metrics..",
                List.of(
                        API,
                        JOB,
                        SPI,
                        "io.micrometer..",
                        "io.opentelemetry..",
                        "org.eclipse.microprofile.metrics..",
                        "jakarta.inject..",
                        "jakarta.enterprise.."));
        ARROWS.put(
                "io.goose.health..",
                List.of(
                        API,
                        JOB,
                        SPI,
                        "org.eclipse.microprofile.health..",
                        "jakarta.inject..",
                        "jakarta.enterprise.."));
        ARROWS.put(
                "io.goose.tracing..",
                List.of(
                        API,
                        JOB,
                        SPI,
                        "io.opentelemetry..",
                        "jakarta.inject..",
                        "jakarta.annotation..",
                        "jakarta.interceptor..",
                        "jakarta.enterprise.."));
        ARROWS.put(
                "io.goose.transaction..",
                List.of(API, JOB, EVENT, ADMIN, SPI, ENGINE, "jakarta.transaction..", "javax.naming.."));
        OUTER.forEach(outer -> ARROWS.put(outer, List.of("io.goose..", "jakarta..", "javax..", "org.eclipse..")));
    }

    static Stream<String> packages() {
        return ARROWS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageSeesOnlyWhatTheDesignLetsItSee(String from) {
        List<String> allowed = new ArrayList<>(ALWAYS);
        allowed.add(from);
        allowed.addAll(ARROWS.get(from));
        DescribedPredicate<JavaClass> visible = resideInAnyPackage(allowed.toArray(String[]::new));
        if (from.startsWith("io.goose.broker.")) {
            visible = visible.or(WHAT_THE_SPI_SPEAKS_IN);
        }
        classes()
                .that()
                .resideInAPackage(from)
                .should()
                .onlyDependOnClassesThat(visible)
                .allowEmptyShould(true)
                .check(MAIN);
    }

    /** The SPI's errors and its rule for names are the API's, so that applications can catch them. */
    private static final DescribedPredicate<JavaClass> WHAT_THE_SPI_SPEAKS_IN = describe(
            "exceptions of the API or QueueNames",
            type -> type.getPackageName().equals(API)
                    && (type.isAssignableTo(Throwable.class) || type.isAssignableTo(QueueNames.class)));

    @Test
    void everyClassIsInAPackageThatTheDesignNames() {
        classes()
                .should()
                .resideInAnyPackage(ARROWS.keySet().toArray(String[]::new))
                .check(MAIN);
    }

    @Test
    void brokersNeverSeeEachOther() {
        slices().matching("io.goose.broker.(*)..")
                .should()
                .notDependOnEachOther()
                .ignoreDependency(alwaysTrue(), resideInAPackage(NET))
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void brokersNeverSeeTheEngineNorTheEngineABroker() {
        noClasses()
                .that()
                .resideInAPackage("io.goose.broker..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ENGINE)
                .check(MAIN);
        noClasses()
                .that()
                .resideInAPackage(ENGINE)
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.goose.broker..")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void nothingSeesTheOuterAdapters() {
        String[] outer = OUTER.toArray(String[]::new);
        noClasses()
                .that(not(resideInAnyPackage(outer)))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(outer)
                .check(MAIN);
    }

    @Test
    void theEngineHasNoCycles() {
        slices().matching("io.goose.engine.(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void noPackageIsNamedAfterNothing() {
        noClasses()
                .should()
                .resideInAnyPackage("..util..", "..common..", "..impl..", "..helper..", "..model..")
                .check(MAIN);
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = MAIN.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(each -> each.tryGetPackageInfo()
                        .map(info -> !info.isAnnotatedWith(NullMarked.class))
                        .orElse(true))
                .map(JavaPackage::getName)
                .sorted()
                .toList();

        assertThat(unmarked)
                .as("packages without a @NullMarked package-info.java")
                .isEmpty();
    }

    @Test
    void onlyJavaSeMakesThreads() {
        noClasses()
                .that(not(resideInAPackage("io.goose.se..")))
                .should()
                .callConstructorWhere(makes(Thread.class).or(makes(Timer.class)))
                .orShould()
                .callMethodWhere(describe(
                        "an executor that makes threads of its own",
                        call -> call.getTargetOwner().isEquivalentTo(Executors.class)
                                && call.getTarget().getRawParameterTypes().stream()
                                        .noneMatch(type -> type.isAssignableTo(ThreadFactory.class))))
                .check(MAIN);
    }

    private static DescribedPredicate<JavaAccess<?>> makes(Class<?> type) {
        return describe(
                "makes a " + type.getSimpleName(),
                call -> call.getTargetOwner().isAssignableTo(type)
                        && !call.getOriginOwner().isAssignableTo(type));
    }

    @Test
    void onlyTheSystemLoggerIsUsed() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.util.logging..", "org.slf4j..", "org.apache..", "org.jboss.logging..")
                .orShould()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(MAIN);
    }

    /** R15: brokers on a server go by its clock, so no worker's decides when a job is due. */
    @Test
    void nobodyButTheEdgesReadsTheWallClock() {
        noClasses()
                .that(resideInAnyPackage(JOB, API, SPI, ADMIN, ENGINE, "io.goose.broker.."))
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethodWhere(describe(
                        "a now that nobody can move",
                        call -> call.getTargetOwner().getPackageName().equals("java.time")
                                && call.getName().equals("now")
                                && call.getTarget().getRawParameterTypes().isEmpty()))
                .check(MAIN);
    }
}
