package io.goose;

import java.io.Serializable;
import java.lang.invoke.MethodHandleInfo;
import java.lang.invoke.MethodType;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the target of a method reference. What it finds is cached by the reference's class, as strings only. */
final class JobReferences {

    // Keyed weakly by the class that the compiler made for the call site; a ClassValue dies with the class.
    private static final ClassValue<Cell> CELLS = new ClassValue<>() {
        @Override
        protected Cell computeValue(Class<?> type) {
            return new Cell();
        }
    };

    private JobReferences() {}

    static JobCall call(Serializable reference, List<@Nullable Object> arguments) {
        Cell cell = CELLS.get(reference.getClass());
        JobReference found = cell.reference;
        if (found == null) {
            found = read(reference);
            cell.reference = found; // a race reads twice and finds the same
        }
        String name = found.declaredName();
        return new JobCall(name == null ? found.defaultName() : name, arguments, found);
    }

    private static JobReference read(Serializable reference) {
        SerializedLambda lambda = serializedForm(reference);
        String target = lambda.getImplClass().replace('/', '.') + "#" + lambda.getImplMethodName();
        if (lambda.getImplMethodName().startsWith("lambda$")) {
            throw refused(target, "it is a lambda", "write a reference to the job method, as in Mailer::send");
        }
        if (lambda.getCapturedArgCount() > 0) {
            throw refused(
                    target, "it is bound to an object", "refer to the method through its class, as in Mailer::send");
        }
        int kind = lambda.getImplMethodKind();
        if (kind == MethodHandleInfo.REF_invokeStatic) {
            throw refused(target, "the method is static", "make the job an instance method of a bean");
        }
        if (kind == MethodHandleInfo.REF_newInvokeSpecial) {
            throw refused(target, "it refers to a constructor", "refer to a job method of a bean");
        }
        ClassLoader loader = reference.getClass().getClassLoader();
        MethodType called = MethodType.fromMethodDescriptorString(lambda.getInstantiatedMethodType(), loader);
        MethodType implemented = MethodType.fromMethodDescriptorString(lambda.getImplMethodSignature(), loader);
        Class<?> receiver = called.parameterType(0);
        List<String> parameters =
                implemented.parameterList().stream().map(Class::getTypeName).toList();
        Optional<JobDeclaration> declared =
                declared(receiver, lambda.getImplMethodName(), implemented.parameterArray());
        String name = declared.map(JobDeclaration::name).orElse("");
        return new JobReference(
                receiver.getName(),
                lambda.getImplMethodName(),
                parameters,
                name.isEmpty() ? null : name,
                declared.map(JobDeclaration::options).orElse(null));
    }

    private static SerializedLambda serializedForm(Serializable reference) {
        try {
            Method writeReplace = reference.getClass().getDeclaredMethod("writeReplace");
            writeReplace.setAccessible(true);
            if (writeReplace.invoke(reference) instanceof SerializedLambda lambda) {
                return lambda;
            }
        } catch (InaccessibleObjectException closed) {
            Class<?> site = reference.getClass();
            throw new IllegalArgumentException(
                    message(
                            "a reference in " + site.getPackageName(),
                            "its module " + site.getModule().getName() + " does not open that package",
                            "add \"opens " + site.getPackageName() + ";\" to its module-info, or use"
                                    + " JobCall.of(\"name\", …)"),
                    closed);
        } catch (ReflectiveOperationException | RuntimeException unreadable) {
            throw new IllegalArgumentException(notAReference(reference), unreadable);
        }
        throw new IllegalArgumentException(notAReference(reference));
    }

    private static String notAReference(Serializable reference) {
        return message(
                reference.getClass().getName(),
                "it is not a method reference",
                "pass a reference such as Mailer::send, or use JobCall.of(\"name\", …)");
    }

    /** What the nearest annotation says, seen from {@code type}: itself, its superclasses, its interfaces. */
    private static Optional<JobDeclaration> declared(Class<?> type, String method, Class<?>[] parameters) {
        Erasures erasures = new Erasures(type);
        for (Class<?> candidate : JobDeclaration.searchOrder(type)) {
            for (Method found : candidate.getDeclaredMethods()) {
                if (found.getName().equals(method) && erasures.hasParameters(found, parameters)) {
                    Optional<JobDeclaration> declaration =
                            JobDeclaration.in(Arrays.asList(found.getDeclaredAnnotations()));
                    if (declaration.isPresent()) {
                        return declaration;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static IllegalArgumentException refused(String target, String why, String mend) {
        return new IllegalArgumentException(message(target, why, mend));
    }

    static String message(String target, String why, String mend) {
        return "GOOSE-1001: cannot take the job from " + target + ": " + why + "; " + mend;
    }

    private static final class Cell {
        private volatile @Nullable JobReference reference;
    }
}
